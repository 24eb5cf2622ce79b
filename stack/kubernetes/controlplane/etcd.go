package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

const (
	// etcdSocket is relative to EtcdDir, the working directory of the process: a Unix socket's path must be shorter
	// than 108 bytes and data folders of tests are not. Only the folder's owner can reach it. Etcd wants a port in the
	// name although a socket has none.
	etcdSocketName = "etcd:2379"
	etcdSocket     = "unix://" + etcdSocketName
	// etcdStartTimeout is generous: a write-ahead log of a killed process is replayed on a slow disk.
	etcdStartTimeout = 2 * time.Minute
	// etcdQuota is the database's size limit in bytes.
	etcdQuota = 4 << 30
)

// startEtcd starts a single member and waits until it serves. The caller closes it.
func startEtcd(ctx context.Context, o *Options) (*embed.Etcd, error) {
	if err := os.Chdir(o.EtcdDir); err != nil {
		return nil, fmt.Errorf("enter etcd's folder: %w", err)
	}
	if err := removeStaleSocket(); err != nil {
		return nil, err
	}
	etcd, err := embed.StartEtcd(etcdConfig(o))
	if err != nil {
		return nil, fmt.Errorf("start etcd in %s: %w", o.EtcdDir, err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err := <-etcd.Err():
		etcd.Close()
		return nil, fmt.Errorf("etcd in %s ended while starting: %w", o.EtcdDir, err)
	case <-time.After(etcdStartTimeout):
		etcd.Close()
		return nil, fmt.Errorf("etcd in %s was not ready after %s", o.EtcdDir, etcdStartTimeout)
	case <-ctx.Done():
		etcd.Close()
		return nil, context.Cause(ctx)
	}
}

func etcdConfig(o *Options) *embed.Config {
	cfg := embed.NewConfig()
	cfg.Name = "kubemate"
	cfg.Dir = "data"
	cfg.LogLevel = "warn"
	cfg.LogOutputs = []string{"stderr"}
	cfg.WarningUnaryRequestDuration = time.Second // its zero value logs every request
	cfg.UnsafeNoFsync = o.UnsafeNoFsync
	cfg.QuotaBackendBytes = etcdQuota
	cfg.AutoCompactionMode = "periodic"
	cfg.AutoCompactionRetention = "1h"

	client := url.URL{Scheme: "unix", Host: etcdSocketName}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	// A single member has no peers: the address is a name only, nothing listens there.
	peer := url.URL{Scheme: "http", Host: "localhost:2380"}
	cfg.ListenPeerUrls = nil
	cfg.AdvertisePeerUrls = []url.URL{peer}
	cfg.InitialCluster = cfg.Name + "=" + peer.String()
	return cfg
}

// removeStaleSocket removes what a killed process left; etcd's own data lock guards against a living one.
func removeStaleSocket() error {
	if err := os.Remove(etcdSocketName); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove etcd's old socket: %w", err)
	}
	return nil
}
