package resources

import (
	"context"
	"net/http"

	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

const tagAction = "Actions"

type scaleInput struct {
	ObjectPath
	Body ScaleRequest
}

type drainInput struct {
	ObjectPath
	Body DrainRequest
}

// actionRoutes registers the verbs on one object.
func (f *Feature) actionRoutes(api *httpapi.API) {
	register(api, operation("scale-object", http.MethodPost, objectPath+"/scale", "Set the number of replicas", tagAction),
		func(ctx context.Context, who caller, in *scaleInput) (*ScaleResult, error) {
			return f.scale(ctx, who, in.Ref(), in.Body)
		})
	for _, verb := range []struct {
		name, summary string
		do            func(context.Context, caller, kube.Ref) (*ActionResult, error)
	}{
		{"restart", "Make the pods of a workload anew, by a roll-out", f.restart},
		{"pause", "Hold the roll-outs of a deployment, or suspend a job or cron job", f.pause},
		{"resume", "Let a paused or suspended object go on", f.resume},
		{"trigger", "Start a job of a cron job now", f.trigger},
		{"cordon", "Let no new pod onto a node", f.cordon},
		{"uncordon", "Let pods onto a node again", f.uncordon},
	} {
		register(api, operation(verb.name+"-object", http.MethodPost, objectPath+"/"+verb.name, verb.summary, tagAction),
			func(ctx context.Context, who caller, in *ObjectPath) (*ActionResult, error) {
				return verb.do(ctx, who, in.Ref())
			})
	}
	drain := operation("drain-object", http.MethodPost, objectPath+"/drain", "Empty a node; the answer is a job", tagAction)
	drain.DefaultStatus = http.StatusAccepted
	register(api, drain, func(ctx context.Context, who caller, in *drainInput) (*jobs.Job, error) {
		return f.drain(ctx, who, in.Ref(), in.Body)
	})
}
