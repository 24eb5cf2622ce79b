package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/core/kube"
)

// SocketPath is the server's admin socket in a data folder.
func SocketPath(dataDir string) string { return filepath.Join(dataDir, "run", "server.sock") }

// maxAnswer bounds what is read from the server's answers here: they are small.
const maxAnswer = 1 << 20

// socketClient talks to the server over its admin socket.
type socketClient struct{ http *http.Client }

func newSocketClient(dataDir string) socketClient {
	path := SocketPath(dataDir)
	return socketClient{http: &http.Client{
		Timeout: 15 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", path)
			},
		},
	}}
}

// call sends one request and decodes its JSON answer into out, unless out is nil.
func (c socketClient) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	// The host is only a name here: the socket decides where it goes.
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, problemText(res.StatusCode, data))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}

func problemText(status int, data []byte) string {
	var p struct {
		Detail string `json:"detail"`
		Hint   string `json:"hint"`
	}
	if json.Unmarshal(data, &p) != nil || p.Detail == "" {
		return fmt.Sprintf("status %d", status)
	}
	if p.Hint != "" {
		return p.Detail + "; " + p.Hint
	}
	return p.Detail
}

// ready says whether the server answers and all of its checks pass.
func (c socketClient) ready(ctx context.Context) error {
	return c.call(ctx, http.MethodGet, "/readyz", nil, nil)
}

// Link is a one-time sign-in link.
type Link struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}

// adminLink mints a one-time sign-in link for the first user.
func (c socketClient) adminLink(ctx context.Context) (Link, error) {
	var l Link
	err := c.call(ctx, http.MethodPost, "/api/v1/users/admin/sign-in-link", nil, &l)
	return l, err
}

// clusterState is what `status` wants to know of a cluster.
type clusterState struct {
	Version string      `json:"version"`
	Health  kube.Health `json:"health"`
	Nodes   struct {
		Ready int64 `json:"ready"`
		Total int64 `json:"total"`
	} `json:"nodes"`
}

// clusters gives the clusters that the server is connected to.
func (c socketClient) clusters(ctx context.Context) ([]clusterState, error) {
	var answer struct {
		Clusters []clusterState `json:"clusters"`
	}
	err := c.call(ctx, http.MethodGet, "/api/v1/clusters", nil, &answer)
	return answer.Clusters, err
}
