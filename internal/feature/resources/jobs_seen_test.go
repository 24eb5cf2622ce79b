package resources

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/records"
	"kubemate.io/kubemate/internal/testkit"
)

// partly are rules under which everybody may read nodes, and list pods in some namespaces.
type partly map[string]authz.Visible

func (p partly) Allowed(_ context.Context, id authz.Identity, a authz.Attributes) (allowed bool, reason string, err error) {
	_, known := p[id.User]
	return known && a.Resource == "nodes" && (a.Verb == "get" || id.User == "root"), "", nil
}

func (p partly) Visible(_ context.Context, id authz.Identity, _, _, _ string) (authz.Visible, error) {
	return p[id.User], nil
}

func (partly) Generation() uint64 { return 1 }

// A drain names the pods of a node. Who may see the node, but only some of the pods, learns
// nothing of the others: no name, no number, no message.
func TestJobsShowWhatTheirReaderMaySee(t *testing.T) {
	store, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), []records.Migration{{Number: 1, Name: "jobs", SQL: jobs.Schema}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	manager := jobs.New(jobs.Options{Store: jobs.NewSQLStore(store.Write, store.Read)})
	feature := New(Deps{Jobs: manager})
	pod := func(namespace, name string, phase jobs.Phase) jobs.JobItem {
		return jobs.JobItem{Ref: kube.Ref{Cluster: "local", Resource: "pods", Namespace: namespace, Name: name}, Phase: phase, Message: "of " + name}
	}
	written := make(chan struct{})
	manager.Handle(jobDrain, func(ctx context.Context, run *jobs.Run) error {
		if err := run.Stage(ctx, stageCheck, jobs.Succeeded, "3 pods to evict"); err != nil {
			return err
		}
		err := run.Update(ctx, func(j *jobs.Job) {
			j.Items = []jobs.JobItem{pod("shop", "till", jobs.Succeeded), pod("vault", "gold", jobs.Blocked), pod("vault", "silver", jobs.Succeeded)}
			j.Progress = jobs.JobProgress{Done: 2, Total: 3}
			j.Message = "waiting for disruption budgets: vault/gold"
		}, nil)
		close(written)
		<-ctx.Done()
		return err
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	node := kube.Ref{Cluster: "local", Resource: "nodes", Name: "n1"}
	job, err := manager.Start(ctx, jobs.Order{Type: jobDrain, Ref: node, As: authz.Identity{User: "root"}, Spec: drainSpec{Node: node}})
	if err != nil {
		t.Fatal(err)
	}
	<-written

	who := partly{"root": {All: true}, "ann": {Namespaces: map[string]struct{}{"shop": {}}}, "bob": {}}
	rules := func(cluster string) (authz.Rules, error) {
		if cluster != "local" {
			return nil, errs.New(errs.NotFound, "there is no cluster %q", cluster)
		}
		return who, nil
	}
	users := map[string]authz.Identity{"root": {User: "root"}, "ann": {User: "ann"}, "bob": {User: "bob"}, "eve": {User: "eve"}}
	s := testkit.Border(t, users, rules, feature.jobRoutes)
	one, secret := "/api/v1/jobs/"+job.ID, []string{"vault", "gold", "silver", "3 pods", "disruption", `"total":3`, `"total":2`, `"done":2`}
	s.Run(t, []testkit.Scenario{
		{Name: "nobody lists", Method: http.MethodGet, Path: "/api/v1/jobs", Status: 401},
		{Name: "nobody reads", Method: http.MethodGet, Path: one, Status: 401},
		{Name: "nobody cancels", Method: http.MethodPost, Path: one + "/cancel", Status: 401},
		{Name: "without the node", Method: http.MethodGet, Path: one, As: "eve", Status: 404, Not: secret},
		{Name: "without the node there is no list", Method: http.MethodGet, Path: "/api/v1/jobs", As: "eve", Status: 200, Want: []string{`"jobs":[]`}},
		{Name: "who may only read", Method: http.MethodPost, Path: one + "/cancel", As: "ann", Status: 403, Not: secret},
		{Name: "one namespace", Method: http.MethodGet, Path: one, As: "ann", Status: 200, Want: []string{"till", `"progress":{"done":1,"total":1}`, partHidden}, Not: secret},
		{Name: "one namespace, listed", Method: http.MethodGet, Path: "/api/v1/jobs", As: "ann", Status: 200, Want: []string{"till"}, Not: secret},
		{Name: "no pods at all", Method: http.MethodGet, Path: one, As: "bob", Status: 200, Want: []string{`"items":[]`, `"total":0`}, Not: append(secret, "till")},
		{Name: "everything", Method: http.MethodGet, Path: one, As: "root", Status: 200, Want: []string{"gold", "till", `"total":3`, "3 pods to evict"}},
	})

	watched, err := feature.WatchJob(ctx, authz.NewScope(users["ann"], rules), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	live := <-watched
	for _, part := range secret {
		if strings.Contains(string(live), part) {
			t.Errorf("a live view shows %q: %s", part, live)
		}
	}
	if j, err := manager.Job(ctx, job.ID); err != nil || len(j.Items) != 3 || j.Stages[0].Message == "" {
		t.Errorf("the job itself was changed: %+v, %v", j, err)
	}
}
