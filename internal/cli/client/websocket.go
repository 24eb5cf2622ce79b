package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"kubemate.io/kubemate/internal/core/errs"
)

// WebSocket opens a WebSocket that speaks protocol. A refusal is an *errs.Error.
func (c *Client) WebSocket(ctx context.Context, path string, query url.Values, protocol string) (*websocket.Conn, error) {
	header := http.Header{}
	c.authorize(header)
	// A server that demands an origin gets its own: no page of another site can send this token.
	header.Set("Origin", c.base.Scheme+"://"+c.base.Host)
	//nolint:bodyclose // the library closes it: its first bytes are kept for problem
	conn, resp, err := websocket.Dial(ctx, c.address(path, query), &websocket.DialOptions{
		HTTPClient: c.http, HTTPHeader: header, Subprotocols: []string{protocol}, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		if resp != nil && resp.StatusCode >= http.StatusBadRequest {
			return nil, c.problem(resp)
		}
		return nil, c.unreachable(err)
	}
	conn.SetReadLimit(16 << 20)
	return conn, nil
}

// CloseError gives the error that a server closed a WebSocket with: codes from 4000 on are
// 4000 + an HTTP status. nil when it closed in good order.
func CloseError(err error) error {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return err
	}
	switch {
	case closed.Code == websocket.StatusNormalClosure:
		return nil
	case closed.Code >= 4000:
		return errs.New(kindOfStatus(int(closed.Code)-4000), "%s", closed.Reason)
	default:
		return errs.New(errs.Unavailable, "the server closed the connection: %s", closed.Reason).WithHint("try again")
	}
}
