package api

import "embed"

// CRDs holds the definitions of the custom resources, one file each below crds/.
//
//go:embed crds/*.yaml
var CRDs embed.FS
