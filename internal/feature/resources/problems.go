package resources

import (
	"errors"

	"kubemate.io/kubemate/internal/core/errs"
)

// errorText is what a user may read of an error.
func errorText(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "internal error"
}
