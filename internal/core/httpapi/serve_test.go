package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

func serve(t *testing.T, l httpapi.Listen, more ...func(*httpapi.API)) (address string, stop func() error) {
	t.Helper()
	s, err := httpapi.New(httpapi.Options{
		Log: slog.New(slog.DiscardHandler), Auth: fakeAuth{},
		Rules: func(string) (authz.Rules, error) { return nil, errs.New(errs.NotFound, "no cluster") },
	})
	if err != nil {
		t.Fatal(err)
	}
	registerTestOperations(s.API())
	for _, register := range more {
		register(s.API())
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- s.Serve(ctx, l, func(a net.Addr) {
			if a == nil {
				ready <- ""
				return
			}
			ready <- a.String()
		})
	}()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() { _ = stop() })
	select {
	case address = <-ready:
		return address, stop
	case err := <-ended:
		stopped = true
		cancel()
		return "", func() error { return err }
	}
}

func TestPlainHTTPOnlyOnLoopback(t *testing.T) {
	_, stop := serve(t, httpapi.Listen{Address: "0.0.0.0:0"})
	if err := stop(); err == nil || !strings.Contains(err.Error(), "TLS") {
		t.Errorf("plain HTTP on all addresses: %v", err)
	}
}

func TestTLS(t *testing.T) {
	folder := t.TempDir()
	config, err := httpapi.GenerateTLS(folder, []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	again, err := httpapi.GenerateTLS(folder, []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil || httpapi.Fingerprint(again) != httpapi.Fingerprint(config) {
		t.Errorf("the certificate was made anew: %v", err)
	}
	renewed, err := httpapi.GenerateTLS(folder, []string{"localhost", "127.0.0.1"}, time.Now().AddDate(0, 11, 20))
	if err != nil || httpapi.Fingerprint(renewed) == httpapi.Fingerprint(config) {
		t.Errorf("the certificate was not renewed: %v", err)
	}
	if info, _ := os.Stat(filepath.Join(folder, "console.key")); info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v", info.Mode())
	}
	address, stop := serve(t, httpapi.Listen{Address: "0.0.0.0:0", TLS: config})
	conn, err := net.Dial("tcp", strings.Replace(address, "[::]", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestAdminSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "server.sock")
	_, stop := serve(t, httpapi.Listen{AdminSocket: path})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("socket %v, %v", info, err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", path)
	}}}
	defer client.CloseIdleConnections()
	resp, err := client.Post("http://kubemate/api/v1/echo", "application/json", strings.NewReader(`{"name":"abc"}`))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || !strings.Contains(string(body), `"user":"admin"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if _, second := serve(t, httpapi.Listen{AdminSocket: path}); second() == nil {
		t.Error("a second server took the socket of a living one")
	}
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestLeftoverSocketIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	if _, stop := serve(t, httpapi.Listen{AdminSocket: path}); stop() != nil {
		t.Error("a leftover socket stops the server")
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, stop := serve(t, httpapi.Listen{Address: l.Addr().String()})
	if err := stop(); err == nil || !strings.Contains(err.Error(), l.Addr().String()) || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("%v", err)
	}
}

// A stop waits for what http.Server lets go of: a WebSocket's handler may have a shell to leave.
func TestStopWaitsForSockets(t *testing.T) {
	left, entered := make(chan struct{}), make(chan struct{})
	address, stop := serve(t, httpapi.Listen{Address: "127.0.0.1:0"}, func(api *httpapi.API) {
		op := httpapi.Stream(huma.Operation{OperationID: "shell", Method: "GET", Path: "/api/v1/shell"})
		api.Raw(op, func(w http.ResponseWriter, r *http.Request) error {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			close(entered)
			<-r.Context().Done()
			<-time.After(200 * time.Millisecond) // takes its leave
			close(left)
			return nil
		})
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET /api/v1/shell HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	<-entered
	if err := stop(); err != nil {
		t.Error(err)
	}
	select {
	case <-left:
	default:
		t.Error("the server ended before its handler did")
	}
}
