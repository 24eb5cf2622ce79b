// Package embedded runs the embedded Kubernetes cluster.
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
package embedded
