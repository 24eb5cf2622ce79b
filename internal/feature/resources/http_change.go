package resources

import (
	"context"
	"net/http"

	"kubemate.io/kubemate/internal/core/httpapi"
)

const tagChange = "Changes"

type applyInput struct {
	Cluster string `path:"cluster" maxLength:"253"`
	Body    ApplyRequest
}

type editInput struct {
	ObjectPath
	Body EditRequest
}

type patchInput struct {
	ObjectPath
	Body PatchRequest
}

type deleteInput struct {
	ObjectPath
	Propagation        string `query:"propagation" enum:"Background,Foreground,Orphan" default:"Background"`
	GracePeriodSeconds int64  `query:"gracePeriodSeconds" minimum:"-1" maximum:"604800" default:"-1" doc:"Instead of the object's own; 0 = at once, -1 = the object's own"`
	DryRun             bool   `query:"dryRun"`
	UID                string `query:"uid" maxLength:"64" doc:"Only if it is still this object"`
}

type bulkInput struct {
	Cluster string `path:"cluster" maxLength:"253"`
	Body    BulkRequest
}

// changeRoutes registers what creates, changes and deletes objects.
func (f *Feature) changeRoutes(api *httpapi.API) {
	register(api, operation("apply-objects", http.MethodPost, clusterPath+"/objects", "Create or apply the objects of a YAML text", tagChange),
		func(ctx context.Context, who caller, in *applyInput) (*ApplyResults, error) {
			return f.apply(ctx, who, in.Cluster, in.Body)
		})
	register(api, operation("edit-object", http.MethodPut, objectPath, "Replace an object by a YAML text", tagChange),
		func(ctx context.Context, who caller, in *editInput) (*EditResult, error) {
			return f.edit(ctx, who, in.Ref(), in.Body)
		})
	register(api, operation("patch-object", http.MethodPatch, objectPath, "Change parts of an object", tagChange),
		func(ctx context.Context, who caller, in *patchInput) (*EditResult, error) {
			return f.patch(ctx, who, in.Ref(), in.Body)
		})
	register(api, operation("delete-object", http.MethodDelete, objectPath, "Delete an object", tagChange),
		func(ctx context.Context, who caller, in *deleteInput) (*DeleteResult, error) {
			return f.remove(ctx, who, in.Ref(), in.options())
		})
	register(api, operation("change-objects", http.MethodPost, clusterPath+"/bulk", "Do one thing to many objects", tagChange),
		func(ctx context.Context, who caller, in *bulkInput) (*BulkResults, error) {
			return f.bulk(ctx, who, in.Cluster, in.Body)
		})
}
