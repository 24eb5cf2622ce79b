package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	// settle is how long a burst of RBAC changes may go on before it is compiled: a person
	// may wait a second for new rights.
	settle = 100 * time.Millisecond
	// again is the pause after a cluster could not be asked for its rules.
	again = time.Second
)

// rules keeps the local evaluation of a cluster's RBAC fresh, from the fleet cache.
type rules struct {
	log     *slog.Logger
	cluster kube.Cluster
	fleet   *fleet.Fleet
	rbac    *authz.RBAC
}

func newRules(cluster kube.Cluster, cache *fleet.Fleet, log *slog.Logger) *rules {
	return &rules{log: log, cluster: cluster, fleet: cache, rbac: authz.NewRBAC(authz.RBACOptions{
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

// rbacKinds are the kinds that say who may do what.
func rbacKinds() []string {
	const group = "." + rbacv1.GroupName
	return []string{"roles" + group, "rolebindings" + group, "clusterroles" + group, "clusterrolebindings" + group}
}

// Run follows the rules until ctx ends.
func (r *rules) Run(ctx context.Context) error {
	said := ""
	for ctx.Err() == nil {
		if err := r.follow(ctx); err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error() // once: this goes on for as long as the cluster is away
			r.log.Warn("cannot read the access rules yet, trying again", "cluster", r.cluster.Name(), "error", err)
		}
		pause(ctx, again)
	}
	return nil
}

// follow compiles the rules now and after each change; an error means to begin anew.
func (r *rules) follow(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(ctx)
	var relays sync.WaitGroup
	defer func() { cancel(); relays.Wait() }()
	for _, kind := range rbacKinds() {
		signal, stop, err := r.fleet.System(r.cluster.Name(), kind).Changes(ctx)
		if err != nil {
			return err
		}
		defer stop()
		relays.Go(func() { relay(ctx, signal, changed) })
	}
	for {
		if err := r.compile(ctx); err != nil {
			return err
		}
		if !pause(ctx, settle) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// relay passes signals on; what comes while one waits is the same news.
func relay(ctx context.Context, from <-chan struct{}, to chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-from:
			if !open {
				return
			}
		}
		select {
		case to <- struct{}{}:
		default:
		}
	}
}

func (r *rules) compile(ctx context.Context) error {
	var p authz.Policy
	for _, kind := range rbacKinds() {
		err := r.fleet.System(r.cluster.Name(), kind).Each(ctx, func(o metav1.Object) error {
			switch o := o.(type) {
			case *rbacv1.Role:
				p.Roles = append(p.Roles, o)
			case *rbacv1.RoleBinding:
				p.RoleBindings = append(p.RoleBindings, o)
			case *rbacv1.ClusterRole:
				p.ClusterRoles = append(p.ClusterRoles, o)
			case *rbacv1.ClusterRoleBinding:
				p.ClusterRoleBindings = append(p.ClusterRoleBindings, o)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.rbac.Replace(p)
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
