package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"

	"kubemate.io/kubemate/internal/core/errs"
)

// problem makes an error of an answer that is no success.
func (c *Client) problem(resp *http.Response) error {
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	var doc struct {
		Code   errs.Kind    `json:"code"`
		Detail string       `json:"detail"`
		Title  string       `json:"title"`
		Hint   string       `json:"hint"`
		Object string       `json:"object"`
		Fields []errs.Field `json:"fields"`
	}
	var members map[string]any
	if json.Unmarshal(raw, &doc) != nil || (doc.Detail == "" && doc.Title == "") {
		return errs.New(kindOfStatus(resp.StatusCode), "%s answered %s", c.target, resp.Status).
			WithHint("is it a Kubemate server, and is the address complete (with its base path)?")
	}
	_ = json.Unmarshal(raw, &members)
	if doc.Code == "" {
		doc.Code = kindOfStatus(resp.StatusCode)
	}
	if doc.Detail == "" {
		doc.Detail = doc.Title
	}
	if doc.Code == errs.Unauthenticated && doc.Hint == "" {
		doc.Hint = "sign in with: kubemate sign-in"
	}
	e := errs.New(doc.Code, "%s", doc.Detail)
	e.Hint, e.Object, e.Fields, e.Extra = doc.Hint, doc.Object, doc.Fields, members
	return e
}

// kindOfStatus classifies an answer that names no kind, for instance of a proxy in between.
func kindOfStatus(status int) errs.Kind {
	switch status {
	case http.StatusBadRequest:
		return errs.Invalid
	case http.StatusUnauthorized:
		return errs.Unauthenticated
	case http.StatusForbidden:
		return errs.Forbidden
	case http.StatusNotFound:
		return errs.NotFound
	case http.StatusConflict:
		return errs.Conflict
	case http.StatusGone:
		return errs.Gone
	case http.StatusRequestEntityTooLarge:
		return errs.TooLarge
	case http.StatusUnprocessableEntity:
		return errs.Unprocessable
	case http.StatusTooManyRequests:
		return errs.TooMany
	case http.StatusBadGateway:
		return errs.BadUpstream
	case http.StatusServiceUnavailable:
		return errs.Unavailable
	case http.StatusGatewayTimeout:
		return errs.Timeout
	default:
		return errs.Internal
	}
}

// unreachable explains why the server gave no answer. Cancelling passes unchanged.
func (c *Client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	what, hint := "cannot be reached", "check the address and the network"
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, errFingerprint):
		what, hint = "shows another certificate than the one signed in with",
			"if it was renewed, sign in again with the new fingerprint; otherwise somebody may be in between"
	case isCertificate(err):
		what, hint = "has a certificate that is not trusted",
			"sign in with --fingerprint and the value that the server printed at its start"
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		what, hint = "does not answer: nothing listens there", "is it running? See: kubemate status"
	case errors.Is(err, os.ErrPermission):
		what, hint = "may not be opened by this user", "run as the user who started Kubemate, or sign in with: kubemate sign-in"
	case errors.As(err, &dns):
		what, hint = "has a name that does not resolve", "check the spelling of the host, and DNS"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		what, hint = "does not answer in time", "check the network; try again"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		what, hint = "cut the connection", "it may be restarting: try again"
	}
	return errs.New(errs.Unavailable, "the server %s %s", c.target, what).WithHint("%s", hint).Wrap(err)
}
