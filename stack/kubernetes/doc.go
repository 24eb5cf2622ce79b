// Command kubemate-node is Kubernetes in one static binary, for the embedded cluster and for test suites.
//
// Sub-commands:
//
//	control-plane  etcd, API server, controller-manager, scheduler and volume provisioner in one process
//	kubelet        the upstream kubelet with its own flags
//	kube-proxy     the upstream kube-proxy with its own flags
//	provisioner    the local-path volume provisioner alone
//	stop-pods      stop and remove all pods of a container runtime, when the node shuts down
//	version        versions of the parts, as JSON
//
// It holds no configuration of its own: certificates, kubeconfigs and component configuration are written by its
// caller (internal/launch/embedded of the main module), which also supervises the processes.
package main
