package resources

import (
	"context"
	"net/http"
	"time"

	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
)

const tagJobs = "Jobs"

type jobsInput struct {
	Cluster string `query:"cluster" maxLength:"253" doc:"Only jobs of this cluster"`
}

type jobInput struct {
	ID string `path:"id" maxLength:"64"`
}

// JobList is the jobs that the caller may see, newest first.
type JobList struct {
	Jobs []jobs.Job `json:"jobs"`
}

// jobRoutes registers the long-running work that requests started.
func (f *Feature) jobRoutes(api *httpapi.API) {
	const path = httpapi.Prefix + "/jobs"
	register(api, operation("list-jobs", http.MethodGet, path, "List long-running work", tagJobs),
		func(ctx context.Context, who caller, in *jobsInput) (*JobList, error) {
			return f.listJobs(ctx, who, in.Cluster)
		})
	register(api, operation("get-job", http.MethodGet, path+"/{id}", "Show long-running work", tagJobs),
		func(ctx context.Context, who caller, in *jobInput) (*jobs.Job, error) {
			return f.job(ctx, who, in.ID)
		})
	register(api, operation("cancel-job", http.MethodPost, path+"/{id}/cancel", "Stop long-running work", tagJobs),
		func(ctx context.Context, who caller, in *jobInput) (*jobs.Job, error) {
			return f.cancelJob(ctx, who, in.ID)
		})
}

const (
	jobDrain = "drain"
	// jobPoll is how often a watched job is read again, for changes made in another process.
	jobPoll = 2 * time.Second
)
