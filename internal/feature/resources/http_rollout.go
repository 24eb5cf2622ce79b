package resources

import (
	"context"
	"net/http"

	"kubemate.io/kubemate/internal/core/httpapi"
)

type undoInput struct {
	ObjectPath
	Body UndoRequest
}

// rolloutRoutes registers history and undo of deployments, stateful sets and daemon sets.
func (f *Feature) rolloutRoutes(api *httpapi.API) {
	register(api, operation("get-rollout", http.MethodGet, objectPath+"/rollout", "Show the roll-out and its history", tagAction),
		func(ctx context.Context, who caller, in *ObjectPath) (*Rollout, error) {
			return f.rollout(ctx, who, in.Ref())
		})
	register(api, operation("undo-rollout", http.MethodPost, objectPath+"/rollout/undo", "Go back to an earlier revision", tagAction),
		func(ctx context.Context, who caller, in *undoInput) (*UndoResult, error) {
			return f.undo(ctx, who, in.Ref(), in.Body)
		})
}
