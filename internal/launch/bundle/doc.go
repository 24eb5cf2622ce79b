// Package bundle builds, keeps, checks and hands out the container images that
// Kubemate brings along, so that a cluster starts where no registry is in reach.
//
// A bundle is a folder in the OCI image layout plus bundle.json, which says what
// is in it: names, versions, digests, licences, and the modules and checksums of
// every program. Images have no base image: a recipe lists the files of each
// layer, and programs are compiled from pinned Go modules.
//
// Invariants:
//   - Two builds of the same sources give the same digests: entries are sorted,
//     times are fixed, no name comes twice in a layer.
//   - Nothing from the cache is used before its digests were checked. What is
//     damaged or half-written is removed and built again, never served.
//   - A folder appears in the cache by a rename, complete.
//   - No program that is linked with AGPL code gets in unless its recipe says so.
//
// Start reading at build.go; the recipes are one file per image, listed in recipes.go.
//
//	b, err := bundle.Build(ctx, bundle.Options{SourceDir: checkout}) // or bundle.Open(ctx, "")
//	go registry.Serve(ctx, b.Dir, listener, logger)
//	image, err := b.Reference("localhost:5050", "coredns")
package bundle
