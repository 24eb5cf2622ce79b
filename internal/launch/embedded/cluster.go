package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/internal/launch/embedded/pki"
	"kubemate.io/kubemate/internal/launch/embedded/supervise"
	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// Names of the processes, of their logs (<DataDir>/logs/<name>.log) and pid files.
const (
	processContainerd   = "containerd"
	processControlPlane = "control-plane"
	processKubelet      = "kubelet"
	processKubeProxy    = "kube-proxy"
	processKwok         = "kwok"
)

// Cluster is a running embedded cluster.
type Cluster struct {
	// NodeName is the real node; empty in a simulated cluster.
	NodeName string
	// Admin may do everything. Server is the Kubemate server's identity.
	Admin, Server *rest.Config

	o       Options
	l       layout
	unlock  func()
	journal *hostjournal.Journal
	super   *supervise.Supervisor

	mu        sync.Mutex
	processes []*supervise.Process // in the order of their start
}

// Start starts the cluster and returns when its node is Ready. What a killed run left behind is ended and undone first.
// If it fails, or ctx ends, everything is stopped again.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	c := &Cluster{o: o, l: layout(o.DataDir)}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	start := c.startReal
	if o.Simulated {
		start = c.startSimulated
	}
	if err := start(ctx); err != nil {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return nil, errors.Join(err, c.Stop(stopCtx))
	}
	return c, nil
}

// open takes the data folder for this process and clears what a killed run left.
func (c *Cluster) open(ctx context.Context) error {
	if err := c.l.create(); err != nil {
		return err
	}
	unlock, err := lockFolder(c.l.lock())
	if err != nil {
		return err
	}
	c.unlock = unlock
	if c.journal, err = hostjournal.Open(c.l.journal(), c.o.Log); err != nil {
		unlock()
		return err
	}
	if len(c.journal.Entries()) > 0 {
		c.o.Progress("recover", "undoing what an interrupted run left")
		if err := c.journal.Undo(ctx); err != nil {
			unlock()
			return fmt.Errorf("undo what an interrupted run left: %w", err)
		}
	}
	c.super = supervise.New(c.l.run(), c.l.logs(), c.o.DataDir, c.o.Log)
	return nil
}

func (c *Cluster) startReal(ctx context.Context) error {
	facts, err := detectHost()
	if err != nil {
		return err
	}
	if c.NodeName, err = c.l.nodeName(); err != nil {
		return err
	}
	c.o.Progress("host", "preparing network, mounts and cgroups")
	if err := prepareHost(ctx, c.journal, c.l, c.o, facts); err != nil {
		return fmt.Errorf("prepare the host: %w", err)
	}
	if err := c.writeIdentities(); err != nil {
		return err
	}
	if err := writeNodeConfig(c.l, c.o, facts, c.NodeName); err != nil {
		return fmt.Errorf("write the node's configuration: %w", err)
	}
	if err := c.runContainerd(); err != nil { //nolint:contextcheck // Stop ends it, in order
		return err
	}
	if err := c.runControlPlane(ctx); err != nil {
		return err
	}
	return c.runNode(ctx)
}

// writeIdentities makes certificates and kubeconfigs.
func (c *Cluster) writeIdentities() error {
	cluster := pki.Cluster{
		NodeName:  c.NodeName,
		Addresses: []net.IP{net.ParseIP(c.o.NodeIP)},
		ServiceIP: net.ParseIP(ServiceIP),
	}
	if cluster.NodeName == "" {
		cluster.NodeName = "none"
	}
	made, err := pki.Ensure(c.l.pki(), cluster, time.Now())
	if err != nil {
		return err
	}
	if len(made) > 0 {
		c.o.Log.Info("certificates made", "names", made)
	}
	if err := writeKubeconfigs(c.l.kubeconfigs(), c.l.pki(), "https://"+c.apiAddress(), cluster.Clients()); err != nil {
		return err
	}
	if c.Admin, err = clientcmd.BuildConfigFromFlags("", c.l.kubeconfig(pki.Admin)); err != nil {
		return err
	}
	c.Server, err = clientcmd.BuildConfigFromFlags("", c.l.kubeconfig(pki.Server))
	return err
}

func (c *Cluster) apiAddress() string {
	return net.JoinHostPort(c.o.NodeIP, strconv.Itoa(c.o.APIPort))
}

// Kubeconfig is the path of an identity's kubeconfig: admin, server, ….
func (c *Cluster) Kubeconfig(identity string) string { return c.l.kubeconfig(identity) }

// runControlPlane starts it and returns when it is ready and our manifests are applied.
func (c *Cluster) runControlPlane(ctx context.Context) error {
	c.o.Progress("control-plane", "starting etcd, API server, controllers and scheduler")
	if err := os.RemoveAll(c.l.endpoint()); err != nil {
		return err
	}
	p, err := c.run(supervise.Spec{ //nolint:contextcheck // Stop ends it, in order
		Name: processControlPlane, Path: c.o.NodeBinary, StopTimeout: 30 * time.Second,
		Args: controlPlaneArgs(c.l, c.o),
	})
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(withTimeout(c.Admin, 5*time.Second))
	if err != nil {
		return err
	}
	err = c.await(ctx, p, "API server", func(ctx context.Context) error {
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return applyRBAC(ctx, c.Admin)
}

func controlPlaneArgs(l layout, o Options) []string {
	args := []string{
		"control-plane",
		"--etcd-dir=" + l.etcd(),
		"--pki-dir=" + l.pki(),
		"--kubeconfig-dir=" + l.kubeconfigs(),
		"--volume-dir=" + l.volumes(),
		"--endpoint-file=" + l.endpoint(),
		"--bind-address=" + o.NodeIP,
		fmt.Sprintf("--port=%d", o.APIPort),
		"--service-cidr=" + ServiceCIDR,
		"--cluster-cidr=" + ClusterCIDR,
	}
	if o.AuditWebhookConfig != "" {
		args = append(args, "--audit-policy="+o.AuditPolicy, "--audit-webhook-config="+o.AuditWebhookConfig)
	}
	return args
}
