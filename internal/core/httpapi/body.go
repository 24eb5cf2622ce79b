package httpapi

import (
	"io"
	"net/http"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// checkBody refuses a body that announces itself as too large, before any of it is read.
func checkBody(r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return tooLargeError(limit)
	}
	return nil
}

// timedBody lifts the read deadline at the end of the body: left in place, it would cancel
// a handler that takes longer than the body did.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read reads on, and lifts the deadline at the end.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// refuseForgedIdentity refuses headers by which proxies and API servers pass identities on:
// nothing here reads them, so who sends them tries something.
func refuseForgedIdentity(r *http.Request) error {
	for name := range r.Header {
		if isIdentityHeader(name) {
			return errs.New(errs.Invalid, "the header %s is not accepted", name).
				WithHint("leave it out: Kubemate acts as the user who is signed in")
		}
	}
	return nil
}
