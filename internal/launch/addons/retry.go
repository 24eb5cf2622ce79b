package addons

import (
	"context"
	"errors"
	"net"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
)

// retryFor bounds how long a call is tried again: an API server that has just
// started answers some calls late.
const retryFor = time.Minute

// retry calls again while the error is one that passes by itself.
func retry(ctx context.Context, call func() error) error {
	var last error
	backoff := wait.Backoff{Duration: 100 * time.Millisecond, Factor: 1.5, Jitter: 0.2, Steps: 100, Cap: 3 * time.Second}
	ctx, cancel := context.WithTimeout(ctx, retryFor)
	defer cancel()
	err := wait.ExponentialBackoffWithContext(ctx, backoff, func(context.Context) (bool, error) {
		if last = call(); last == nil {
			return true, nil
		}
		if !passing(last) {
			return false, last
		}
		return false, nil
	})
	if err != nil && last != nil {
		return last
	}
	return err
}

func passing(err error) bool {
	var network net.Error
	return apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) || apierrors.IsServiceUnavailable(err) ||
		apierrors.IsInternalError(err) || apierrors.IsTimeout(err) || apierrors.IsConflict(err) || errors.As(err, &network)
}
