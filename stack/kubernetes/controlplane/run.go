package controlplane

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"kubemate.io/kubemate/stack/kubernetes/localpath"
)

// stopTimeout bounds the wait for each stage at the end: what hangs is left to the process' end.
const stopTimeout = 10 * time.Second

// Run starts everything, waits for ctx or for the first component that ends, and stops in the reverse order.
func Run(ctx context.Context, o *Options) error {
	ln, err := net.Listen("tcp", net.JoinHostPort(o.BindAddress.String(), strconv.Itoa(o.Port)))
	if err != nil {
		return fmt.Errorf("API server address: %w", err)
	}
	etcd, err := startEtcd(ctx, o)
	if err != nil {
		_ = ln.Close()
		return err
	}
	defer etcd.Close()

	server := newStage("API server")
	api, err := newAPIServer(server.ctx, o, ln)
	if err != nil {
		_ = ln.Close()
		return err
	}
	server.start(api.run)
	defer server.stop(stopTimeout)

	address := ln.Addr().String()
	if err := announce(o.EndpointFile, address); err != nil {
		return err
	}
	clients := newStage("controllers")
	clients.start(func(ctx context.Context) error { return runClients(ctx, o, "https://"+address) })
	defer clients.stop(stopTimeout)

	select {
	case <-ctx.Done():
		klog.InfoS("stopping", "cause", context.Cause(ctx))
		return nil
	case err := <-etcd.Err():
		return fmt.Errorf("etcd ended: %w", err)
	case <-server.done:
		return server.ended()
	case <-clients.done:
		return clients.ended()
	}
}

// runClients runs what needs a ready API server.
func runClients(ctx context.Context, o *Options, server string) error {
	if len(o.Components) == 0 {
		<-ctx.Done()
		return nil
	}
	if err := waitReady(ctx, o, server); err != nil {
		return err
	}
	group := newGroup(ctx)
	if o.runs(ControllerManager) {
		group.run("controller-manager", func(ctx context.Context) error { return runControllerManager(ctx, o, server) })
	}
	if o.runs(Scheduler) {
		group.run("scheduler", func(ctx context.Context) error { return runScheduler(ctx, o, server) })
	}
	if o.runs(Provisioner) {
		group.run("provisioner", func(ctx context.Context) error { return runProvisioner(ctx, o, server) })
	}
	return group.wait()
}

func runProvisioner(ctx context.Context, o *Options, server string) error {
	cfg, err := clientcmd.BuildConfigFromFlags(server, o.kubeconfig("provisioner"))
	if err != nil {
		return err
	}
	return localpath.Run(ctx, cfg, o.VolumeDir)
}

// announce writes address into file at once, so that a reader never sees half of it.
func announce(file, address string) error {
	if file == "" {
		return nil
	}
	tmp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".tmp")
	if err := os.WriteFile(tmp, []byte(address+"\n"), 0o600); err != nil {
		return fmt.Errorf("announce the API server's address: %w", err)
	}
	return os.Rename(tmp, file)
}
