// Package embedded runs the embedded Kubernetes cluster: certificates, configuration, changes on the host, processes.
//
//	c, err := embedded.Start(ctx, embedded.Options{DataDir: …})  // returns when the node is Ready
//	c.Admin, c.Server                                            // client configurations
//	err = c.Stop(ctx)                                            // data stays, the host is as before
//	err = embedded.Delete(ctx, dataDir, log)                     // also after a SIGKILL, from another process
//
// Invariants: every change on the host stands in the journal (internal/launch/hostjournal) before it is made; every
// process carries the instance's mark; one process at a time holds the data folder, by a lock; a start first ends and
// undoes what a killed run left, so that it begins on a clean host, as after a reboot; containers do not outlive Stop.
//
// For test suites, an API server alone (etcd and kube-apiserver, no node), on a free loopback port:
//
//	node, err := buildcache.NodeBinary(ctx)                        // builds kubemate-node if it is not cached
//	cp, err := embedded.StartControlPlane(ctx, t.TempDir(), node)  // ready in about two seconds
//	defer cp.Stop()
//	client := kubernetes.NewForConfigOrDie(cp.Admin)               // cp.Server is the Kubemate server's identity
//
// embedded.WithComponents(embedded.ControllerManager, embedded.Scheduler) adds controllers. cp.Kill, cp.Pause and
// cp.Resume make faults; starting again in the same folder with WithPort finds the former data.
//
// Start reading at cluster.go. Tests with the build tag node start a real node and need root:
//
//	go test -tags node ./internal/launch/embedded/
package embedded
