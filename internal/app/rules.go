package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// settle is how long a burst of RBAC changes may go on before it is compiled: a person may
// wait a second for new rights.
const settle = 100 * time.Millisecond

// rules keeps the local evaluation of the management cluster's RBAC fresh.
type rules struct {
	log     *slog.Logger
	cluster kube.Cluster
	rbac    *authz.RBAC
}

func newRules(cluster kube.Cluster, log *slog.Logger) *rules {
	return &rules{log: log, cluster: cluster, rbac: authz.NewRBAC(authz.RBACOptions{
		Cluster:     cluster.Name(),
		LastContact: func() time.Time { return lastContact(cluster.Health()) },
	})}
}

// lastContact is now while the cluster answers.
func lastContact(h kube.Health) time.Time {
	if h.Connected || h.LastContact.IsZero() {
		return time.Now()
	}
	return h.LastContact
}

// Run follows the four kinds of RBAC until ctx ends.
func (r *rules) Run(ctx context.Context) error {
	factory := informers.NewSharedInformerFactory(r.cluster.System().Typed, 0)
	rbac := factory.Rbac().V1()
	changed := make(chan struct{}, 1)
	signal := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { signal() }, UpdateFunc: func(_, _ any) { signal() }, DeleteFunc: func(any) { signal() },
	}
	for _, informer := range []cache.SharedIndexInformer{
		rbac.Roles().Informer(), rbac.RoleBindings().Informer(), rbac.ClusterRoles().Informer(), rbac.ClusterRoleBindings().Informer(),
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return fmt.Errorf("follow the access rules: %w", err)
		}
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	for _, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil // ctx ended
		}
	}
	signal()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		if err := r.compile(factory); err != nil {
			r.log.Error("cannot read the access rules", "error", err)
		}
		if !pause(ctx, settle) {
			return nil
		}
	}
}

func (r *rules) compile(factory informers.SharedInformerFactory) error {
	rbac, everything := factory.Rbac().V1(), labels.Everything()
	roles, errR := rbac.Roles().Lister().List(everything)
	roleBindings, errRB := rbac.RoleBindings().Lister().List(everything)
	clusterRoles, errCR := rbac.ClusterRoles().Lister().List(everything)
	clusterRoleBindings, errCRB := rbac.ClusterRoleBindings().Lister().List(everything)
	if err := errors.Join(errR, errRB, errCR, errCRB); err != nil {
		return err
	}
	r.rbac.Replace(authz.Policy{
		Roles: roles, RoleBindings: roleBindings, ClusterRoles: clusterRoles, ClusterRoleBindings: clusterRoleBindings,
	})
	return nil
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
