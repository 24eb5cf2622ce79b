package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Format is the version of the data folder's layout. It stands in the file FormatFile, which is written first.
const (
	Format     = 1
	FormatFile = "format"
	// HalfFormat begins the name of a FormatFile whose writing was cut off.
	HalfFormat = "." + FormatFile + "."
)

// dataFolderID is the check's id.
const dataFolderID = "data-folder"

// knownEntries may lie in a data folder.
var knownEntries = []string{FormatFile, "pki", "etcd", "node", "registry", "server", "run", "logs", "kubeconfig", "kubemate.yaml", "lost+found"}

// maxDataDir leaves room for sockets below the folder: their paths hold 107 bytes.
const maxDataDir = 60

func (r *runner) dataFolder(context.Context) {
	dir := r.o.DataDir
	const id = dataFolderID
	if !filepath.IsAbs(dir) {
		r.fail(id, fmt.Sprintf("the data folder %q is no absolute path", dir), "write the whole path in --data-dir")
		return
	}
	if len(dir) > maxDataDir {
		r.fail(id, fmt.Sprintf("the data folder %s is longer than %d bytes, so that sockets can't lie in it", dir, maxDataDir), "choose a shorter path with --data-dir")
	}
	info, err := r.host.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		r.fail(id, fmt.Sprintf("the data folder can't be read: %v", err), "choose another one with --data-dir")
		return
	}
	if !info.IsDir() {
		r.fail(id, dir+" is no folder", "choose another data folder with --data-dir")
		return
	}
	if uid, err := r.host.Owner(dir); err == nil && uid != r.host.UID() {
		r.fail(id, fmt.Sprintf("the data folder %s belongs to user %d, not to user %d", dir, uid, r.host.UID()), "run as that user, or choose another folder with --data-dir")
		return
	}
	r.dataContent(dir)
}

func (r *runner) dataContent(dir string) {
	const id = dataFolderID
	entries, err := r.host.ReadDir(dir)
	if err != nil {
		r.fail(id, fmt.Sprintf("the data folder can't be read: %v", err), "choose another one with --data-dir")
		return
	}
	if len(entries) == 0 {
		return
	}
	if locked, err := r.host.Locked(filepath.Join(dir, "run", "cluster.lock")); err == nil && locked {
		r.fail(id, "another running instance uses the data folder "+dir, "stop it with kubemate down, or choose another folder with --data-dir")
		return
	}
	format, err := r.host.ReadFile(filepath.Join(dir, FormatFile))
	if errors.Is(err, fs.ErrNotExist) {
		r.foreign(dir, entries)
		return
	}
	version, convErr := strconv.Atoi(strings.TrimSpace(string(format)))
	switch {
	case err != nil:
		r.fail(id, fmt.Sprintf("the data folder's format can't be read: %v", err), "check the rights of "+filepath.Join(dir, FormatFile))
	case convErr != nil:
		r.fail(id, fmt.Sprintf("%s says %q, which is no version", filepath.Join(dir, FormatFile), strings.TrimSpace(string(format[:min(len(format), 40)]))),
			"restore the folder from a backup, or remove it with kubemate down --delete")
	case version > Format:
		r.fail(id, fmt.Sprintf("the data folder %s was written by a newer version (format %d, this one knows %d)", dir, version, Format),
			"use that version, or choose another folder with --data-dir")
	default:
		r.halfWritten(dir)
	}
}

// foreign: a folder without our mark is only taken if it holds nothing that is not ours.
func (r *runner) foreign(dir string, entries []fs.DirEntry) {
	var strange []string
	for _, e := range entries {
		if !slices.Contains(knownEntries, e.Name()) && !strings.HasPrefix(e.Name(), HalfFormat) {
			strange = append(strange, e.Name())
		}
	}
	if len(strange) > 0 {
		r.fail(dataFolderID, fmt.Sprintf("the folder %s holds something else: %s", dir, strings.Join(strange[:min(len(strange), 5)], ", ")),
			"choose an empty folder with --data-dir")
		return
	}
	r.halfWritten(dir)
}

// halfWritten: etcd's data is of no use without the keys that it was written with.
func (r *runner) halfWritten(dir string) {
	_, noData := r.host.Stat(filepath.Join(dir, "etcd", "data", "member"))
	_, noKey := r.host.Stat(filepath.Join(dir, "pki", "encryption.yaml"))
	if noData == nil && errors.Is(noKey, fs.ErrNotExist) {
		r.fail(dataFolderID, fmt.Sprintf("%s has the cluster's data but not the key that its Secrets are encrypted with (pki/encryption.yaml)", dir),
			"restore the folder pki from a backup, or remove everything with kubemate down --delete")
	}
}

// existing is the nearest existing folder at or above path.
func (r *runner) existing(path string) string {
	for {
		if info, err := r.host.Stat(path); err == nil && info.IsDir() {
			return path
		}
		parent := filepath.Dir(path)
		if parent == path {
			return path
		}
		path = parent
	}
}
