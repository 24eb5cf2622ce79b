package pki

import (
	"crypto/x509"
	"net"
)

// Names of the authorities.
const (
	ClusterCA    = "ca"
	FrontProxyCA = "front-proxy-ca"
)

// Leaf describes one certificate.
type Leaf struct {
	// Name of the files: <name>.crt and <name>.key.
	Name string
	// CA that signs it: ClusterCA or FrontProxyCA.
	CA string
	// CommonName is the user and Groups are its groups, where it is a client's.
	CommonName string
	Groups     []string
	// Usage is x509.ExtKeyUsageClientAuth or x509.ExtKeyUsageServerAuth.
	Usage x509.ExtKeyUsage
	// DNSNames and IPs of a server.
	DNSNames []string
	IPs      []net.IP
}

// Identities of the embedded cluster besides Kubernetes' own.
const (
	// AdminUser may do everything.
	AdminUser = "kubemate-admin"
	// ServerUser is the Kubemate server, narrowly bound (see the ClusterRole kubemate-server).
	ServerUser = "kubemate-server"
	// ProvisionerUser is the local-path volume provisioner.
	ProvisionerUser = "kubemate-provisioner"
	// KwokUser is the simulator of nodes.
	KwokUser = "kubemate-kwok"
	// mastersGroup is allowed everything by the API server itself, before RBAC.
	mastersGroup = "system:masters"
)

// Cluster are the facts that end up in certificates.
type Cluster struct {
	// NodeName of the one real node.
	NodeName string
	// Addresses on which the API server and the kubelet are reached.
	Addresses []net.IP
	// ServiceIP is the first address of the service range: the Service "kubernetes".
	ServiceIP net.IP
}

// Client certificates by the name of their kubeconfig.
const (
	Admin             = "admin"
	Server            = "server"
	ControllerManager = "controller-manager"
	Scheduler         = "scheduler"
	Provisioner       = "provisioner"
	Kubelet           = "kubelet"
	KubeProxy         = "kube-proxy"
	Kwok              = "kwok"
)

// Clients lists the client certificates that get a kubeconfig.
func (c Cluster) Clients() []Leaf {
	client := func(name, user string, groups ...string) Leaf {
		return Leaf{Name: name, CA: ClusterCA, CommonName: user, Groups: groups, Usage: x509.ExtKeyUsageClientAuth}
	}
	return []Leaf{
		client(Admin, AdminUser, mastersGroup),
		client(Server, ServerUser),
		client(ControllerManager, "system:kube-controller-manager"),
		client(Scheduler, "system:kube-scheduler"),
		client(Provisioner, ProvisionerUser),
		client(Kubelet, "system:node:"+c.NodeName, "system:nodes"),
		client(KubeProxy, "system:kube-proxy"),
		client(Kwok, KwokUser),
	}
}

// Leaves lists every certificate of the cluster.
func (c Cluster) Leaves() []Leaf {
	serverIPs := append([]net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, c.ServiceIP}, c.Addresses...)
	return append(c.Clients(),
		Leaf{
			Name: "apiserver", CA: ClusterCA, CommonName: "kube-apiserver", Usage: x509.ExtKeyUsageServerAuth, IPs: serverIPs,
			DNSNames: []string{
				"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
				"kubernetes.default.svc.cluster.local",
			},
		},
		Leaf{
			Name: "kubelet-server", CA: ClusterCA, CommonName: "system:node:" + c.NodeName, Groups: []string{"system:nodes"},
			Usage: x509.ExtKeyUsageServerAuth, IPs: c.Addresses, DNSNames: []string{c.NodeName},
		},
		Leaf{
			Name: "apiserver-kubelet-client", CA: ClusterCA, CommonName: "kube-apiserver-kubelet-client",
			Groups: []string{mastersGroup}, Usage: x509.ExtKeyUsageClientAuth,
		},
		Leaf{Name: "front-proxy-client", CA: FrontProxyCA, CommonName: "front-proxy-client", Usage: x509.ExtKeyUsageClientAuth},
	)
}
