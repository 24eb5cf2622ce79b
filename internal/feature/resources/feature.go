package resources

import (
	"context"
	"iter"
	"log/slog"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

// Fleet is what this feature needs of the fleet cache.
type Fleet interface {
	List(ctx context.Context, scope *authz.Scope, q fleet.Query) (*fleet.Page, error)
	// ListJSON is List, already encoded.
	ListJSON(ctx context.Context, scope *authz.Scope, q fleet.Query) ([]byte, error)
	// Get gives an object without managedFields; the caller must not change it.
	Get(ctx context.Context, scope *authz.Scope, ref kube.Ref) (*unstructured.Unstructured, fleet.State, error)
	// Select gives the chosen objects that the caller may list; the caller must not change them.
	Select(ctx context.Context, scope *authz.Scope, sel fleet.Selection) iter.Seq2[*unstructured.Unstructured, error]
	// Status judges an object: tone and words, as in the column "status".
	Status(cluster string, kind kube.Kind, object *unstructured.Unstructured) (tone, text string)
}

// Deps is what the feature is made of.
type Deps struct {
	Clusters kube.Registry
	Fleet    Fleet
	Jobs     *jobs.Manager
	// Ended gives a channel that is closed when a session ends; streams end with it.
	Ended func(sessionID string) <-chan struct{}
	Log   *slog.Logger
	Clock clock.WithTicker // nil = the real one
}

// Feature serves the objects of all clusters.
type Feature struct {
	clusters kube.Registry
	fleet    Fleet
	jobs     *jobs.Manager
	ended    func(sessionID string) <-chan struct{}
	log      *slog.Logger
	clock    clock.WithTicker
	schemas  schemaCache
}

// New makes the feature and registers its kinds of job with d.Jobs.
func New(d Deps) *Feature {
	f := &Feature{clusters: d.Clusters, fleet: d.Fleet, jobs: d.Jobs, ended: d.Ended, log: d.Log, clock: d.Clock}
	if f.clock == nil {
		f.clock = clock.RealClock{}
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	if f.jobs != nil {
		f.jobs.Handle(jobDrain, f.runDrain)
	}
	return f
}

// Routes registers every operation of the feature.
func (f *Feature) Routes(api *httpapi.API) {
	f.listRoutes(api)
	f.readRoutes(api)
	f.changeRoutes(api)
	f.actionRoutes(api)
	f.rolloutRoutes(api)
	f.jobRoutes(api)
	f.streamRoutes(api)
}

// Run does nothing of its own: jobs are run by the jobs.Manager. It returns when ctx ends.
func (f *Feature) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
