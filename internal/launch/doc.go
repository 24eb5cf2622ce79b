// Package launch is what `kubemate up`, `status` and `down` do: preflight, the embedded cluster
// (or an existing one), the registry with the bundle's images, addons, the server as a child
// process, and the one-time sign-in link.
//
// Invariants: nothing changes on the host before preflight passed; every change is in the host
// journal before it is made; a process that died at any moment leaves a data folder that the next
// start recovers; what `down --delete` leaves behind is a defect. Start reading at up.go.
package launch
