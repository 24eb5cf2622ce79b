package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/launch/embedded/pki"
)

const (
	// controlPlaneReady bounds the wait for a test's API server: an overloaded machine needs many seconds.
	controlPlaneReady = 2 * time.Minute
	// controlPlaneStop is how long it may take to end before it is killed.
	controlPlaneStop = 20 * time.Second
)

// Components that StartControlPlane can run besides etcd and the API server.
const (
	ControllerManager = "controller-manager"
	Scheduler         = "scheduler"
	VolumeProvisioner = "provisioner"
)

// ControlPlaneOption changes what StartControlPlane starts.
type ControlPlaneOption func(*controlPlaneOptions)

type controlPlaneOptions struct {
	components []string
	log        *slog.Logger
	port       int
}

// WithComponents adds components, for suites that need garbage collection, ReplicaSets or scheduling.
func WithComponents(names ...string) ControlPlaneOption {
	return func(o *controlPlaneOptions) { o.components = append(o.components, names...) }
}

// WithLog tells where the process' end is logged, if it ends by itself.
func WithLog(log *slog.Logger) ControlPlaneOption {
	return func(o *controlPlaneOptions) { o.log = log }
}

// WithPort fixes the API server's port, for suites that stop it and start it again at the same address.
func WithPort(port int) ControlPlaneOption {
	return func(o *controlPlaneOptions) { o.port = port }
}

// ControlPlane is a running etcd and API server on a free loopback port, for test suites. It has no node.
type ControlPlane struct {
	// Dir holds everything, kubeconfig/<name>.kubeconfig included (admin, server, …), and control-plane.log.
	Dir string
	// Address is host:port of the API server.
	Address string
	// Admin may do everything (group system:masters).
	Admin *rest.Config
	// Server is the identity of the Kubemate server, bound as in production.
	Server *rest.Config

	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed after the process has ended and err is set
	err   error
}

// StartControlPlane starts a control plane in dir and waits until it is ready and the RBAC of the Kubemate server is
// applied. Several run side by side; starting one again in the same dir finds its former data. Etcd does not fsync.
// The process ends with Stop and with the caller's process, however that ends.
func StartControlPlane(ctx context.Context, dir, nodeBinary string, opts ...ControlPlaneOption) (*ControlPlane, error) {
	o := controlPlaneOptions{log: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		opt(&o)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	cp := &ControlPlane{Dir: dir, done: make(chan struct{})}
	if err := cp.prepare(); err != nil {
		return nil, fmt.Errorf("prepare control plane in %s: %w", dir, err)
	}
	if err := cp.launch(nodeBinary, o); err != nil {
		return nil, fmt.Errorf("start control plane: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, controlPlaneReady,
		fmt.Errorf("control plane in %s was not ready after %s", dir, controlPlaneReady))
	defer cancel()
	if err := cp.becomeReady(ctx); err != nil {
		_ = cp.Stop()
		return nil, fmt.Errorf("%w\n%s", err, lastLines(cp.logFile(), 20))
	}
	return cp, nil
}

// testCluster are the facts for certificates of a control plane without node.
func testCluster() pki.Cluster {
	return pki.Cluster{NodeName: "none", Addresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ServiceIP: net.IPv4(10, 96, 0, 1)}
}

func (cp *ControlPlane) prepare() error {
	for _, sub := range []string{"etcd", "volumes"} {
		if err := os.MkdirAll(filepath.Join(cp.Dir, sub), 0o700); err != nil {
			return err
		}
	}
	if err := os.Remove(cp.endpointFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if _, err := pki.Ensure(cp.pkiDir(), testCluster(), time.Now()); err != nil {
		return err
	}
	// The components get the address by flag, the files' own is written again when it is known.
	return writeKubeconfigs(cp.kubeconfigDir(), cp.pkiDir(), "https://127.0.0.1:6443", testCluster().Clients())
}

func (cp *ControlPlane) launch(nodeBinary string, o controlPlaneOptions) error {
	logFile, err := os.OpenFile(cp.logFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = logFile.Close() }()
	// It outlives the context of its start: Stop ends it.
	cp.cmd = &exec.Cmd{Path: nodeBinary, Args: []string{
		nodeBinary, "control-plane",
		"--etcd-dir=" + filepath.Join(cp.Dir, "etcd"),
		"--pki-dir=" + cp.pkiDir(),
		"--kubeconfig-dir=" + cp.kubeconfigDir(),
		"--volume-dir=" + filepath.Join(cp.Dir, "volumes"),
		"--endpoint-file=" + cp.endpointFile(),
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--port=%d", o.port),
		"--components=" + strings.Join(o.components, ","),
		"--unsafe-no-fsync",
		"--stop-on-stdin-close",
	}}
	cp.cmd.Stdout, cp.cmd.Stderr = logFile, logFile
	if cp.stdin, err = cp.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cp.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(cp.done)
		if cp.err = cp.cmd.Wait(); cp.err != nil {
			o.log.Error("control plane ended", "dir", cp.Dir, "error", cp.err)
		}
	}()
	return nil
}

// becomeReady waits for address, /readyz and the server's RBAC, in this order.
func (cp *ControlPlane) becomeReady(ctx context.Context) error {
	if err := cp.awaitAddress(ctx); err != nil {
		return err
	}
	server := "https://" + cp.Address
	if err := writeKubeconfigs(cp.kubeconfigDir(), cp.pkiDir(), server, testCluster().Clients()); err != nil {
		return err
	}
	var err error
	if cp.Admin, err = cp.Config(pki.Admin); err != nil {
		return err
	}
	if cp.Server, err = cp.Config(pki.Server); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(withTimeout(cp.Admin, 5*time.Second))
	if err != nil {
		return err
	}
	err = poll(ctx, func() (bool, error) {
		if cp.hasEnded() {
			return false, fmt.Errorf("control plane in %s ended while starting: %w", cp.Dir, cp.err)
		}
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil, nil
	})
	if err != nil {
		return err
	}
	return applyRBAC(ctx, cp.Admin)
}

func (cp *ControlPlane) awaitAddress(ctx context.Context) error {
	return poll(ctx, func() (bool, error) {
		if cp.hasEnded() {
			return false, fmt.Errorf("control plane in %s ended while starting: %w", cp.Dir, cp.err)
		}
		data, err := os.ReadFile(cp.endpointFile())
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		cp.Address = strings.TrimSpace(string(data))
		return err == nil, err
	})
}
