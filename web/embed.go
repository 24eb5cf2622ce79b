// Package web holds the built console as files. A fresh clone has only a placeholder under
// dist; "npm run build" in this folder fills it.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist gives the built console, index.html at its root. Beside each compressible file lie
// its .br and .gz forms. Built says whether the console was built.
func Dist() (files fs.FS, built bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		// Cannot happen: the folder is named by the embed directive above.
		return dist, false
	}
	_, err = fs.Stat(files, "index.html")
	return files, err == nil
}
