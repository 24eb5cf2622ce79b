package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"kubemate.io/kubemate/internal/core/authz"
)

// The admin socket: who may connect to it is the operating system's decision (mode 0600 and
// the peer's uid), and acts as a platform admin.

type socketKey struct{}

// SocketSession is the session of everybody who comes by the admin socket.
func SocketSession() Session {
	return Session{
		ID: "socket", Via: "socket",
		Identity: authz.Identity{User: "admin", Groups: []string{authz.GroupPlatformAdmins}},
	}
}

func socketSession(ctx context.Context) (Session, bool) {
	if ctx.Value(socketKey{}) == nil {
		return Session{}, false
	}
	return SocketSession(), true
}

// listenSocket makes the socket. A leftover of a server that was killed is replaced; one
// that still answers is not.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the admin socket: %w", err)
	}
	if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("another server answers on %s: stop it first, or give --data-dir", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old admin socket: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on the admin socket %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil { // until then the peer's uid is what protects it
		_ = l.Close()
		return nil, fmt.Errorf("protect the admin socket %s: %w", path, err)
	}
	return l, nil
}

// peerAllowed says whether the process at the other end runs as root or as our own user.
func peerAllowed(conn net.Conn) bool {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return false
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return false
	}
	allowed := false
	err = raw.Control(func(fd uintptr) {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		allowed = err == nil && (cred.Uid == 0 || int(cred.Uid) == os.Getuid())
	})
	return err == nil && allowed
}

// peerListener turns away peers that are not allowed.
type peerListener struct{ net.Listener }

// Accept gives the next allowed connection.
func (l peerListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || peerAllowed(conn) {
			return conn, err
		}
		_ = conn.Close()
	}
}
