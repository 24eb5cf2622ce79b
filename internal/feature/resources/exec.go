package resources

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"
	corev1 "k8s.io/api/core/v1"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

const (
	// ExecProtocol is the WebSocket subprotocol of exec: binary frames, the first byte says what.
	ExecProtocol = "kubemate.exec.v1"
	// execIdle ends a shell in which nothing moved for so long.
	execIdle = 4 * time.Hour
	// hangUpWait is how long a shell has to leave by itself when its client is gone.
	hangUpWait = 500 * time.Millisecond
	// execFrame bounds one frame of output, execReadLimit one frame from the client.
	execFrame     = 32 << 10
	execReadLimit = 64 << 10
	// maxExecArgs bounds a command.
	maxExecArgs = 256
)

// The first byte of each frame of ExecProtocol.
const (
	ExecStdin  = 0 // client → server
	ExecStdout = 1 // server → client
	ExecStderr = 2 // server → client
	ExecStatus = 3 // server → client, the last frame: ExecResult as JSON
	ExecResize = 4 // client → server: ExecSize as JSON
	ExecClosed = 5 // client → server: no more input
)

// ExecResult is how a command ended.
type ExecResult struct {
	ExitCode int    `json:"exitCode" doc:"Exit code of the command; -1 when it could not be run or was cut off"`
	Message  string `json:"message,omitempty" doc:"Why it could not be run, and what to do"`
}

// ExecSize is the size of a terminal in characters.
type ExecSize struct {
	Cols uint16 `json:"cols"`
	Rows uint16 `json:"rows"`
}

func (s *streams) execRoutes(api *httpapi.API) {
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID: "exec-object",
		Method:      http.MethodGet,
		Path:        objectPath + "/exec",
		Summary:     "Run a command in a container (WebSocket)",
		Description: "Subprotocol " + ExecProtocol + ", binary frames. First byte: 0 stdin, 1 stdout, 2 stderr, 3 status JSON {exitCode,message}, " +
			"4 resize JSON {cols,rows}, 5 end of stdin. Without a command, the container's shell is started. For a workload, one of its ready pods is used.",
		Tags: []string{tagStreams},
		Parameters: append(objectParameters(),
			queryParam("container", huma.TypeString, "Container; the pod's default one if empty"),
			queryParam("command", huma.TypeString, "Program and arguments, one each; may be repeated; none = a shell"),
			queryParam("tty", huma.TypeBoolean, "Give the command a terminal")),
		Responses: upgradeResponses(),
	}), s.serveExec)
}

// serveExec answers GET …/exec.
func (s *streams) serveExec(w http.ResponseWriter, r *http.Request) error {
	q := queryReader{values: r.URL.Query()}
	tty := q.flag("tty")
	command := q.values["command"]
	if len(command) > maxExecArgs {
		q.wrong("command", "has too many words")
	}
	if err := q.err(); err != nil {
		return err
	}
	ctx, release, err := s.open(r)
	if err != nil {
		return err
	}
	defer release()
	call, err := s.execCall(ctx, r, q.values.Get("container"))
	if err != nil {
		return err
	}
	call.tty = tty
	conn, err := acceptStream(w, r, ExecProtocol)
	if err != nil {
		return err
	}
	conn.SetReadLimit(execReadLimit)
	terminal := newTerminal(ctx, conn, s.clock, tty, len(command) == 0)
	result := call.runCommand(terminal, command)
	terminal.finish(result, context.Cause(terminal.ctx))
	return nil
}

// execCall finds the pod and the container, and asks for the right before anything is upgraded.
func (s *streams) execCall(ctx context.Context, r *http.Request, container string) (*execCall, error) {
	target, err := s.target(ctx, r)
	if err != nil {
		return nil, err
	}
	pod, err := target.onePod(ctx)
	if err != nil {
		return nil, err
	}
	if err := target.require(ctx, pod, "exec"); err != nil {
		return nil, err
	}
	name, err := runningContainer(pod, container)
	if err != nil {
		return nil, err
	}
	return &execCall{target: target, pod: pod.Name, container: name}, nil
}

// require checks the right to a subresource of the pod, so that its lack is a plain 403.
func (t *streamTarget) require(ctx context.Context, pod *corev1.Pod, subresource string) error {
	scope := httpapi.From(ctx).Scope
	if scope == nil {
		return nil // the API server decides
	}
	return scope.Require(ctx, t.ref.Cluster, authz.Attributes{
		Verb: "create", Resource: "pods", Subresource: subresource, Namespace: pod.Namespace, Name: pod.Name,
	})
}

// acceptStream upgrades to a WebSocket that speaks protocol. It refuses other origins itself.
func acceptStream(w http.ResponseWriter, r *http.Request, protocol string) (*websocket.Conn, error) {
	if r.Header.Get("Upgrade") == "" {
		return nil, errs.New(errs.Invalid, "this operation needs a WebSocket").
			WithHint("connect with the subprotocol %s", protocol)
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return nil, errs.New(errs.Invalid, "the WebSocket could not be opened").Wrap(err)
	}
	if conn.Subprotocol() != protocol {
		_ = conn.Close(websocket.StatusPolicyViolation, "the subprotocol must be "+protocol)
		return nil, errs.New(errs.Invalid, "the client does not speak %s", protocol)
	}
	return conn, nil
}

// closeCode gives the WebSocket close code and text of an error: 4000 + the HTTP status.
func closeCode(err error) (websocket.StatusCode, string) {
	codes := map[errs.Kind]websocket.StatusCode{
		errs.Invalid: 4400, errs.Unauthenticated: 4401, errs.Forbidden: 4403, errs.NotFound: 4404, errs.Conflict: 4409,
		errs.Unprocessable: 4422, errs.TooMany: 4429, errs.BadUpstream: 4502, errs.Unavailable: 4503, errs.Timeout: 4504,
	}
	code, ok := codes[errs.KindOf(err)]
	if !ok {
		code = 4500
	}
	if errors.Is(err, context.Canceled) {
		code = websocket.StatusGoingAway
	}
	return code, closeReason(errorWords(err))
}

// closeReason cuts a text to what a close frame holds: 123 bytes of UTF-8.
func closeReason(text string) string {
	if len(text) <= 123 {
		return text
	}
	return string(trimHalfRune([]byte(text[:120]))) + "…"
}
