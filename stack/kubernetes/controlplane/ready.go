package controlplane

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// readyTimeout bounds the wait for /readyz; a busy machine needs a while for its first start.
const readyTimeout = 3 * time.Minute

// waitReady asks /readyz as the controller-manager, whose identity may read it.
func waitReady(ctx context.Context, o *Options, server string) error {
	cfg, err := clientcmd.BuildConfigFromFlags(server, o.kubeconfig("controller-manager"))
	if err != nil {
		return err
	}
	cfg.Timeout = 5 * time.Second
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, readyTimeout, true, func(ctx context.Context) (bool, error) {
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil, nil
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("API server was not ready after %s", readyTimeout)
	}
	return err
}
