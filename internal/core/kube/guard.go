package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

var (
	errHeaderTimeout = errors.New("no answer from the API server in time")
	errStalled       = errors.New("the API server's answer stopped in the middle")
)

// guard bounds the calls to one cluster: how many run at once, how long the first byte may
// take, and how long a body may stand still. Watches, followed logs and upgraded connections
// are meant to last: they take no slot and may stand still.
type guard struct {
	slots chan struct{}
	wait  time.Duration // until the header, and between two reads of a body
}

func newGuard(parallel int, wait time.Duration) *guard {
	return &guard{slots: make(chan struct{}, parallel), wait: wait}
}

// wrap puts the guard around a transport; all identities of a cluster share the guard.
func (g *guard) wrap(next http.RoundTripper) http.RoundTripper {
	return &guarded{guard: g, next: next}
}

type guarded struct {
	*guard
	next http.RoundTripper
}

// WrappedRoundTripper lets client-go find the transport below.
func (g *guarded) WrappedRoundTripper() http.RoundTripper { return g.next }

func (g *guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if lasting(req) {
		return g.next.RoundTrip(req)
	}
	if req.Header.Get("Sec-Websocket-Protocol") != "" {
		return g.handshake(req)
	}
	select {
	case g.slots <- struct{}{}:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := time.AfterFunc(g.wait, func() { cancel(errHeaderTimeout) })
	release := sync.OnceFunc(func() {
		timer.Stop()
		cancel(context.Canceled)
		<-g.slots
	})
	resp, err := g.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, errHeaderTimeout) {
			err = errHeaderTimeout
		}
		release()
		return nil, err
	}
	timer.Reset(g.wait)
	impatient(resp)
	resp.Body = &guardedBody{ReadCloser: resp.Body, ctx: ctx, timer: timer, wait: g.wait, release: release}
	return resp, nil
}

// handshake bounds the opening of a WebSocket. The dialer heeds a deadline only: that its context
// was cancelled it does not notice while it waits for an answer. What is opened lasts.
func (g *guarded) handshake(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), g.wait)
	defer cancel()
	resp, err := g.next.RoundTrip(req.WithContext(ctx))
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && req.Context().Err() == nil {
		err = errHeaderTimeout
	}
	return resp, err
}

// lasting says whether a request is meant to stay open.
func lasting(req *http.Request) bool {
	if req.Header.Get("Upgrade") != "" {
		return true
	}
	q := req.URL.Query()
	if w := q.Get("watch"); w == "true" || w == "1" {
		return true
	}
	return strings.HasSuffix(req.URL.Path, "/log")
}

// guardedBody ends a body that stands still, and gives the slot back when it is closed.
type guardedBody struct {
	io.ReadCloser
	ctx     context.Context //nolint:containedctx // the life of the body is the life of the call
	timer   *time.Timer
	wait    time.Duration
	release func()
}

func (b *guardedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == nil {
		b.timer.Reset(b.wait)
	} else if !errors.Is(err, io.EOF) && errors.Is(context.Cause(b.ctx), errHeaderTimeout) {
		err = errStalled
	}
	return n, err
}

func (b *guardedBody) Close() error {
	err := b.ReadCloser.Close()
	b.release()
	return err
}
