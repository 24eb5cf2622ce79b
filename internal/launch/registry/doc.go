// Package registry serves the images of a bundle over the OCI distribution
// protocol, read-only, straight from the bundle's files.
//
// Only what the layout's index names can be fetched: manifests and blobs are
// looked up in a table that is made at the start, never by a path from the
// request. There is no way to push; it listens where its caller says, which for
// `kubemate up` is a loopback address.
package registry
