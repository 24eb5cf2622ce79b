package clusters

import (
	"context"
	"fmt"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// list shows every cluster in which the caller may see something.
func (f *Feature) list(ctx context.Context, scope *authz.Scope) ([]Cluster, error) {
	out := []Cluster{}
	for _, c := range f.clusters.Clusters() {
		ok, err := reaches(ctx, scope, c.Name())
		if err != nil {
			// The rules of this cluster are not known: show that it exists and is not well to
			// those who run the platform, and nothing to others.
			if scope.Identity().InGroup(authz.GroupPlatformAdmins) {
				out = append(out, bare(c))
			}
			continue
		}
		if !ok {
			continue
		}
		summary, err := f.summary(ctx, scope, c)
		if err != nil {
			return nil, err
		}
		out = append(out, *summary)
	}
	return out, nil
}

// bare is a cluster without anything from inside it.
func bare(c kube.Cluster) Cluster {
	h := c.Health()
	out := Cluster{Name: c.Name(), DisplayName: displayName(c), Health: h, Version: h.Version}
	if !h.CertificateExpiry.IsZero() {
		out.CertificateExpiry = &h.CertificateExpiry
	}
	out.State = fleet.State{Phase: "loading", Since: h.Since.Unix(), Cause: h.Problem}
	return out
}

func displayName(c kube.Cluster) string {
	if d, ok := c.(interface{ DisplayName() string }); ok && d.DisplayName() != "" {
		return d.DisplayName()
	}
	return c.Name()
}

func (f *Feature) summary(ctx context.Context, scope *authz.Scope, c kube.Cluster) (*Cluster, error) {
	out := bare(c)
	size, err := f.size(ctx, scope, c.Name())
	if err != nil {
		return nil, err
	}
	taken, err := f.taken(ctx, scope, c.Name(), "")
	if err != nil {
		return nil, err
	}
	out.Simulated = size.simulated
	if size.nodes != nil {
		out.Nodes = &NodeCount{Ready: size.ready, Total: size.nodes.Total}
		out.State = size.nodes.State
	}
	if taken.pods != nil {
		out.Pods = &PodCount{Running: taken.running, Total: taken.all}
		out.State = taken.pods.State
	}
	out.CPU = amount(size.nodes, "cpuAllocatable", "cpu", taken.pods, "cpuRequest")
	out.Memory = amount(size.nodes, "memoryAllocatable", "memory", taken.pods, "memoryRequest")
	return &out, nil
}

// size is what the nodes add up to; nodes is nil if the caller may not list them all.
type size struct {
	nodes     *fleet.Totals
	ready     int
	simulated bool
}

func (f *Feature) size(ctx context.Context, scope *authz.Scope, cluster string) (size, error) {
	q := fleet.Query{Cluster: cluster, Resource: "nodes"}
	all, err := f.fleet.Totals(ctx, scope, q, "cpuAllocatable", "memoryAllocatable", "podsAllocatable", "cpu", "memory")
	if hidden(err) {
		return size{}, nil
	}
	if err != nil {
		return size{}, err
	}
	q.Filters = []fleet.Filter{{Column: "simulated", Op: "=", Values: []string{"yes"}}}
	played, err := f.fleet.Totals(ctx, scope, q)
	if err != nil {
		return size{}, err
	}
	// A cordoned or pressed node is ready all the same; what is not is an error.
	return size{nodes: all, ready: all.Total - all.Tones["error"], simulated: played.Total > 0}, nil
}

// taken is what the pods that hold resources add up to; pods is nil if none may be listed.
type taken struct {
	pods         *fleet.Totals
	running, all int
}

func (f *Feature) taken(ctx context.Context, scope *authz.Scope, cluster, namespace string) (taken, error) {
	q := fleet.Query{Cluster: cluster, Resource: "pods"}
	if namespace != "" {
		q.Namespaces = []string{namespace}
	}
	all, err := f.fleet.Totals(ctx, scope, q)
	if hidden(err) {
		return taken{}, nil
	}
	if err != nil {
		return taken{}, err
	}
	q.Filters = []fleet.Filter{{Column: "phase", Op: "=", Values: []string{"Running"}}}
	running, err := f.fleet.Totals(ctx, scope, q)
	if err != nil {
		return taken{}, err
	}
	q.Filters = []fleet.Filter{{Column: "phase", Op: "!=", Values: []string{"Succeeded", "Failed"}}}
	pods, err := f.fleet.Totals(ctx, scope, q, "cpuRequest", "memoryRequest", "cpu", "memory")
	if err != nil {
		return taken{}, err
	}
	return taken{pods: pods, running: running.Total, all: all.Total}, nil
}

// amount joins what the nodes have and use with what the pods ask for.
func amount(nodes *fleet.Totals, capacity, used string, pods *fleet.Totals, requested string) Amount {
	var a Amount
	if nodes != nil {
		a.Capacity, a.Used = sum(nodes, capacity), sum(nodes, used)
	}
	if pods != nil {
		zero := 0.0
		if a.Requested = sum(pods, requested); a.Requested == nil {
			a.Requested = &zero // pods that ask for nothing ask for zero
		}
	}
	return a
}

func sum(t *fleet.Totals, column string) *float64 {
	v, ok := t.Sums[column]
	if !ok {
		return nil
	}
	return &v
}

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

func (f *Feature) detail(ctx context.Context, scope *authz.Scope, c kube.Cluster) (*ClusterDetail, error) {
	summary, err := f.summary(ctx, scope, c)
	if err != nil {
		return nil, err
	}
	out := &ClusterDetail{Cluster: *summary, APIServer: summary.Health.APIServer, Conditions: []Condition{}}
	h := summary.Health
	if h.Connected {
		out.add("Connected", "ok", fmt.Sprintf("the API server answers in %d ms", h.RoundTrip.Milliseconds()))
	} else {
		out.add("Connected", "error", h.Problem)
	}
	if e := summary.CertificateExpiry; e != nil {
		switch left := time.Until(*e); {
		case left <= 0:
			out.add("Certificate", "error", "the API server's certificate has expired")
		case left < soon:
			out.add("Certificate", "warning", fmt.Sprintf("the API server's certificate ends in %d days", int(left.Hours()/24)))
		default:
			out.add("Certificate", "ok", "the API server's certificate ends on "+e.UTC().Format(time.DateOnly))
		}
	}
	if summary.Simulated {
		out.add("Simulated", "neutral", "some nodes are simulated: their pods do not really run")
	}
	if n := summary.Nodes; n != nil && n.Ready < n.Total {
		out.add("Nodes", "error", fmt.Sprintf("%d of %d nodes are not ready", n.Total-n.Ready, n.Total))
	}
	return out, nil
}

func (d *ClusterDetail) add(kind, tone, message string) {
	d.Conditions = append(d.Conditions, Condition{Type: kind, Tone: tone, Message: message})
}
