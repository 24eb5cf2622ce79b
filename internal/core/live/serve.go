package live

import (
	"context"
	"errors"
	"net/http"

	"github.com/coder/websocket"

	"kubemate.io/kubemate/internal/core/httpapi"
)

// errBye is the cause of a connection's context when the server ends it.
type errBye string

func (e errBye) Error() string { return "live connection ends: " + string(e) }

// serve runs one connection until either side ends it.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request) error {
	req := httpapi.From(r.Context())
	if err := h.enter(req.Session.ID); err != nil {
		return err
	}
	defer h.leave(req.Session.ID)
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:         []string{Protocol},
		InsecureSkipVerify:   true, // the border has checked the origin, sub-path and proxies included
		CompressionMode:      websocket.CompressionNoContextTakeover,
		CompressionThreshold: 1024,
	})
	if err != nil {
		return nil // Accept has answered already
	}
	defer func() { _ = ws.CloseNow() }()
	if ws.Subprotocol() != Protocol {
		_ = ws.Close(websocket.StatusPolicyViolation, "the subprotocol must be "+Protocol)
		return nil
	}
	ws.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(r.Context()))
	defer cancel(nil)
	c := newConn(ctx, cancel, h, ws, req)
	h.opened(c)
	defer h.ending(c)
	c.run() //nolint:contextcheck // its context is that of the connection, made above
	h.deps.Log.Debug("live connection ended", "session", req.Session.ID, "cause", context.Cause(ctx))
	return nil
}

// byeOf finds the reason in the cause of a context; false when the client went by itself.
func byeOf(err error) (reason string, ok bool) {
	var bye errBye
	if errors.As(err, &bye) {
		return string(bye), true
	}
	return "", false
}
