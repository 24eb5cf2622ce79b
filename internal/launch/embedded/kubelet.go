package embedded

import (
	"fmt"

	"kubemate.io/kubemate/internal/launch/embedded/pki"
)

// kubeletConfig is the kubelet's configuration.
func kubeletConfig(l layout, o Options) string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %s
port: 10250
readOnlyPort: 0
healthzPort: 0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %s}
authorization: {mode: Webhook}
tlsCertFile: %s
tlsPrivateKeyFile: %s
containerRuntimeEndpoint: %s
cgroupDriver: cgroupfs
cgroupRoot: /%s
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: [pods]
# Its chains serve kube-proxy's iptables mode and would stay on the host.
makeIPTablesUtilChains: false
clusterDomain: cluster.local
clusterDNS: [%s]
resolvConf: %s
podLogsDir: %s
volumePluginDir: %s
serializeImagePulls: false
maxParallelImagePulls: 3
# The defaults are shares of the disk, which on a large, nearly full disk of a workstation evict pods for no reason.
evictionHard: {memory.available: 100Mi, nodefs.available: 1Gi, imagefs.available: 1Gi, nodefs.inodesFree: 3%%}
evictionPressureTransitionPeriod: 30s
imageGCHighThresholdPercent: 95
imageGCLowThresholdPercent: 90
nodeStatusUpdateFrequency: 5s
`, o.NodeIP, pki.CertFile(l.pki(), pki.ClusterCA),
		pki.CertFile(l.pki(), "kubelet-server"), pki.KeyFile(l.pki(), "kubelet-server"),
		l.containerdEndpoint(), cgroupName, ClusterDNS, l.config("resolv.conf"), l.podLogs(), l.kubeletPlugins())
}

func kubeletArgs(l layout, o Options, node string) []string {
	return []string{
		"kubelet",
		"--config=" + l.config("kubelet.yaml"),
		"--kubeconfig=" + l.kubeconfig(pki.Kubelet),
		"--root-dir=" + l.kubelet(),
		"--hostname-override=" + node,
		"--node-ip=" + o.NodeIP,
		// cAdvisor finds a runtime at another than the default socket only by these.
		"--containerd=" + l.containerdSocket(),
		"--containerd-namespace=k8s.io",
	}
}

// kubeProxyConfig is kube-proxy's configuration. NodePorts answer on the node's address only, so that a Service does
// not become reachable from the machine's network by itself.
func kubeProxyConfig(l layout, o Options, node string) string {
	return fmt.Sprintf(`apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: %s
hostnameOverride: %s
clientConnection: {kubeconfig: %s}
nodePortAddresses: [%s/32]
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`, ClusterCIDR, node, l.kubeconfig(pki.KubeProxy), o.NodeIP)
}
