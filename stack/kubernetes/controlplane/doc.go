// Package controlplane runs etcd, kube-apiserver, kube-controller-manager, kube-scheduler and the volume provisioner
// in one process.
//
// Upstream's cobra commands are not used, because two of them install the process-wide signal handler; the options are
// built, flags parsed into them, and the components' Run functions called. The order is etcd, API server, then (once
// /readyz answers) the rest; they stop in the reverse order, so that etcd is closed when nobody writes any more.
// One component that ends takes the process with it: the supervisor starts all of them again.
//
// Start reading at run.go.
package controlplane
