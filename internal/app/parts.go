package app

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/config"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/live"
	"kubemate.io/kubemate/internal/core/records"
	"kubemate.io/kubemate/internal/feature/access"
	"kubemate.io/kubemate/internal/feature/clusters"
	"kubemate.io/kubemate/internal/feature/resources"
	"kubemate.io/kubemate/web"
)

// parts is the server taken apart: everything that it is made of.
type parts struct {
	config     config.Server
	log        *slog.Logger
	metrics    *prometheus.Registry
	records    *records.Store
	connector  *kube.Connector
	fleet      *fleet.Fleet
	jobs       *jobs.Manager
	rules      *rules
	authorizer authz.Rules
	access     *access.Feature
	clusters   *clusters.Feature
	resources  *resources.Feature
	live       *live.Hub
	border     *httpapi.Server
}

// newParts makes the parts; nothing runs yet. The caller closes records.
func newParts(ctx context.Context, c config.Server, source kube.Source, log *slog.Logger) (*parts, error) {
	p := &parts{config: c, log: log, metrics: prometheus.NewRegistry()}
	p.connector = kube.NewConnector(kube.Options{Log: log, Called: upstreamCalls(p.metrics)})
	if err := p.connector.Add(c.ClusterName, c.DisplayName, source); err != nil {
		return nil, err
	}
	cluster, err := p.connector.Cluster(c.ClusterName)
	if err != nil {
		return nil, err
	}
	p.fleet = fleet.New(fleet.Deps{Clusters: p.connector, Log: log})
	p.rules = newRules(cluster, p.fleet, log)
	p.authorizer = p.newAuthorizer(cluster)
	if p.records, err = records.Open(ctx, filepath.Join(c.DataDir, "server", "kubemate.db"), migrations()); err != nil {
		return nil, err
	}
	p.access = access.New(access.Deps{
		Log: log, Records: p.records, Cluster: cluster, Rights: p.rules.rbac, Rules: p.rulesOf,
		URL: func() string { return c.PublicURL }, BasePath: c.BasePath, Secure: c.Secure(), Version: Version,
	})
	p.jobs = jobs.New(jobs.Options{Store: jobs.NewSQLStore(p.records.Write, p.records.Read), Log: log})
	p.resources = resources.New(resources.Deps{
		Clusters: p.connector, Fleet: p.fleet, Jobs: p.jobs, Ended: p.access.Changed, Log: log,
	})
	p.clusters = clusters.New(clusters.Deps{Clusters: p.connector, Fleet: p.fleet, Rules: p.rulesOf, Log: log})
	p.live = live.New(live.Deps{
		Views: p.fleet, Details: p.resources, Jobs: p.resources, Ended: p.access.Authenticator().Ended, Log: log, Version: Version,
	})
	p.border, err = httpapi.New(httpapi.Options{
		Log: log, Auth: p.access.Authenticator(), Rules: p.rulesOf, Console: console(), BasePath: c.BasePath,
		AllowedHosts: c.Hosts(), StrictTransport: c.TLSCert != "", Metrics: p.metrics, Checks: p.checks(cluster),
	})
	if err != nil {
		return nil, fmt.Errorf("set up the server: %w", err)
	}
	p.metrics.MustRegister(newCollector(figures{clusters: p.connector, fleet: p.fleet, live: p.live, jobs: p.jobs, signIns: p.access}))
	for _, f := range p.features() {
		f.Routes(p.border.API())
	}
	return p, nil
}

// rulesOf finds the rules of a cluster.
func (p *parts) rulesOf(cluster string) (authz.Rules, error) {
	if cluster != p.config.ClusterName {
		return nil, errs.New(errs.NotFound, "there is no cluster %.80q", cluster).WithHint("see the list of clusters")
	}
	return p.authorizer, nil
}

// newAuthorizer answers who may do what: by local evaluation, or by asking the cluster.
func (p *parts) newAuthorizer(cluster kube.Cluster) authz.Rules {
	if p.config.Authorizer != "review" {
		return p.rules.rbac
	}
	ask := func(ctx context.Context, review *authorizationv1.SubjectAccessReview) (*authorizationv1.SubjectAccessReview, error) {
		answer, err := cluster.System().Typed.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		return answer, kube.FromKube(err)
	}
	return authz.NewReview(ask, func(ctx context.Context) ([]string, error) {
		var names []string
		err := p.fleet.System(cluster.Name(), "namespaces").Each(ctx, func(o metav1.Object) error {
			names = append(names, o.GetName())
			return nil
		})
		return names, err
	}, time.Now)
}

// console gives the console's files, nil when it was not built.
func console() fs.FS {
	files, built := web.Dist()
	if !built {
		return nil
	}
	return files
}

// checks are what makes the server ready. A cluster that does not answer is shown on its
// pages; it does not make the server unready once it has been known.
func (p *parts) checks(cluster kube.Cluster) []httpapi.Check {
	return []httpapi.Check{
		{Name: "records", Run: p.records.Ping},
		{Name: "users", Run: p.access.Ready},
		{Name: "rules", Run: func(context.Context) error {
			if p.rules.rbac.Generation() == 0 {
				return errs.New(errs.Unavailable, "the access rules of cluster %s are not loaded yet", cluster.Name())
			}
			return nil
		}},
	}
}
