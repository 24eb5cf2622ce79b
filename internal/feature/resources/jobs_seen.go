package resources

import (
	"context"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

// partHidden takes the place of messages, which may name or count what is hidden.
const partHidden = "this work also concerns objects that you may not see"

// seenPart takes out of a job what its reader may not list: who may see a node learns neither
// names nor numbers of the pods that others run there.
func seenPart(ctx context.Context, scope *authz.Scope, j *jobs.Job) error {
	visible := map[string]authz.Visible{}
	items := make([]jobs.JobItem, 0, len(j.Items))
	progress := jobs.JobProgress{}
	for _, item := range j.Items {
		v, asked := visible[item.Ref.Resource]
		if !asked {
			var err error
			group, plural := kube.SplitResource(item.Ref.Resource)
			if v, err = scope.Visible(ctx, j.Cluster, "list", group, plural); err != nil {
				return err
			}
			visible[item.Ref.Resource] = v
		}
		if !v.Sees(item.Ref.Namespace, item.Ref.Name) {
			continue
		}
		items = append(items, item)
		if progress.Total++; item.Phase.Finished() {
			progress.Done++
		}
	}
	if len(items) == len(j.Items) {
		return nil
	}
	j.Items, j.Progress, j.Message = items, progress, partHidden
	stages := make([]jobs.JobStage, len(j.Stages)) // the job's own are not changed
	for i, s := range j.Stages {
		s.Message = ""
		stages[i] = s
	}
	j.Stages = stages
	return nil
}
