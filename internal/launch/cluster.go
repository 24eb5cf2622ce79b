package launch

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/launch/addons"
	"kubemate.io/kubemate/internal/launch/bundle"
	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/registry"
)

// stopTimeout is enough for pods that use their grace and for a slow disk.
const stopTimeout = 2 * time.Minute

// cluster is what the server is started on.
type cluster struct {
	kubeconfig string            // for the server
	context    string            // of the kubeconfig, "" for its current one
	admin      *rest.Config      // nil for an existing cluster
	embedded   *embedded.Cluster // nil for an existing cluster
	bundle     *bundle.Bundle    // nil for an existing cluster
}

// startCluster starts the embedded cluster and its registry, or names the existing one.
func (u *up) startCluster(ctx context.Context, group *errgroup.Group) (cluster, error) {
	if u.state.Mode == ModeExisting {
		return cluster{kubeconfig: u.o.Kubeconfig, context: u.o.Context}, nil
	}
	u.stage("images", "checking the bundle")
	images, err := bundle.Open(ctx, "")
	if err != nil {
		return cluster{}, err
	}
	options, err := u.embeddedOptions(ctx, images)
	if err != nil {
		return cluster{}, err
	}
	if u.state.Mode == ModeNode {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", u.o.Registry)
		if err != nil {
			return cluster{}, fmt.Errorf("serve the images: %w", err)
		}
		group.Go(func() error { return registry.Serve(ctx, images.Dir, listener, u.log) })
	}
	c, err := embedded.Start(ctx, options)
	if err != nil {
		return cluster{}, err
	}
	return cluster{kubeconfig: c.Kubeconfig("server"), admin: c.Admin, embedded: c, bundle: images}, nil
}

func (u *up) embeddedOptions(ctx context.Context, images *bundle.Bundle) (embedded.Options, error) {
	o := embedded.Options{
		DataDir:        u.o.DataDir,
		Simulated:      u.state.Mode == ModeSimulated,
		SimulatedNodes: u.o.Nodes,
		APIPort:        u.o.APIPort,
		RegistryAddr:   u.o.Registry,
		Progress:       u.stage,
		Log:            u.log,
	}
	// The programs come out of the bundle, so that neither a checkout nor Go is needed here.
	programs, err := images.Programs(ctx, "")
	if err != nil {
		return o, err
	}
	o.NodeBinary, o.ContainerdDir, o.KwokBinary = filepath.Join(programs, "kubemate-node"), programs, filepath.Join(programs, "kwok")
	o.PauseImage, err = images.Reference(embedded.RegistryName, bundle.Pause)
	return o, err
}

func (u *up) stopCluster(ctx context.Context, c cluster) {
	if c.embedded == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := c.embedded.Stop(ctx); err != nil {
		_, _ = fmt.Fprintf(u.out, "the cluster did not stop in order: %v; `kubemate down` tries again\n", err)
	}
}

// installAddons applies them while the console answers already. What it cannot install is told
// and shown by `status`; the platform goes on.
func (u *up) installAddons(ctx context.Context, group *errgroup.Group, c cluster) {
	if c.embedded == nil {
		return
	}
	group.Go(func() error {
		manager, err := u.addonManager(c)
		if err == nil {
			err = manager.Apply(ctx, func(name string) { u.log.Info("installing addon", "addon", name) })
		}
		if err != nil && ctx.Err() == nil {
			u.log.Error("addons not installed", "error", err)
			_, _ = fmt.Fprintf(u.out, "not everything could be installed: %v; see `kubemate status`\n", err)
		}
		return nil
	})
}

func (u *up) addonManager(c cluster) (*addons.Manager, error) {
	upstreams, err := addons.ReadUpstreams()
	if err != nil {
		return nil, err
	}
	return addons.New(addons.Options{
		Config:   c.admin,
		Values:   addons.Values{DNSAddress: embedded.ClusterDNS, Upstreams: upstreams},
		Images:   c.bundle,
		Registry: embedded.RegistryName,
		Addons:   addonNames(u.state),
		Logger:   u.log,
	})
}

// addonNames are the addons of a run: simulated nodes run no CoreDNS, nor measure anything.
func addonNames(s State) []string {
	names := []string{}
	if s.Mode == ModeNode {
		names = append(names, addons.CoreDNS, addons.MetricsServer)
	}
	if s.Demo {
		names = append(names, addons.DemoBank)
	}
	return names
}
