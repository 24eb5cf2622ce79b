// Package addons installs what a cluster needs beside itself: CoreDNS,
// metrics-server and, unless told not to, the demo bank, from the images of the
// bundle.
//
// Objects are written by server-side apply as field manager "kubemate" and carry
// the labels app.kubernetes.io/managed-by=kubemate and kubemate.io/addon=<name>.
// What was applied is remembered in the ConfigMap addon-<name> of namespace
// kubemate-system (the inventory), so that a later version removes what it no
// longer has.
//
// Invariants:
//   - What somebody changed in a running addon (replicas, an image to roll back)
//     stays until the addon's own manifests change: a restart of Kubemate doesn't
//     undo it. Objects that are missing come back.
//   - Nothing is removed that does not carry both labels; no namespace and no
//     volume is removed but by Remove.
//   - The inventory is written before the objects, so that a crash forgets none.
//
// Start reading at manager.go; what there is stands in catalog.go.
package addons
