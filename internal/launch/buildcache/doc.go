// Package buildcache builds the Go modules under stack/ and keeps the binaries by content.
//
// A binary is found again as long as the module's files, the Go version and the platform are the same, also from
// another checkout: entries lie under ${XDG_CACHE_HOME:-~/.cache}/kubemate/bin as <module>-<hash>/<binary>. An entry
// appears by a rename when it is complete, so that there is never half of one, and a file lock keeps two processes
// from building the same module.
//
//	path, err := buildcache.NodeBinary(ctx)                 // kubemate-node, from the checkout around the working folder
//	built, err := buildcache.Build(ctx, "stack/coredns", buildcache.Options{})
//	built.Path("coredns")
//
// A module says in build.json which binaries it has; without the file it has one, named for its folder:
//
//	{"binaries": [{"name": "containerd", "package": "github.com/…/cmd/containerd"}], "ldflags": "-s -w", "tags": ["netgo"]}
//
// Start reading at build.go.
package buildcache
