package resources

import (
	"context"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

func pending(what string) error { return errs.New(errs.Unavailable, "%s is not available yet", what) }

func (f *Feature) why(context.Context, caller, kube.Ref) (*Why, error) { return nil, pending("why") }
