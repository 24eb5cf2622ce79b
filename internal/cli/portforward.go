package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

// portPair is a port of this machine and one of the pod, service or workload.
type portPair struct {
	local  int // 0 = any free one
	remote string
}

// parsePorts reads "8080", "9000:80", ":http".
func parsePorts(args []string) ([]portPair, error) {
	pairs := make([]portPair, 0, len(args))
	for _, arg := range args {
		local, remote, both := strings.Cut(arg, ":")
		if !both {
			remote = arg
			if _, err := strconv.Atoi(arg); err != nil {
				local = "" // a name
			}
		}
		pair := portPair{remote: remote}
		if n, err := strconv.Atoi(remote); remote == "" || strings.Contains(remote, ":") || (err == nil && (n < 1 || n > 65535)) {
			return nil, usage("%q is not LOCAL:REMOTE; write for instance 8080, 9000:80 or :http", arg)
		}
		if local != "" {
			n, err := strconv.Atoi(local)
			if err != nil || n < 0 || n > 65535 {
				return nil, usage("%q: %q is no port of this machine (0 to 65535)", arg, local)
			}
			pair.local = n
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

func (a *app) portForwardCommand() *cobra.Command {
	address := "127.0.0.1"
	cmd, inv := a.command("port-forward POD | KIND/NAME [LOCAL:]REMOTE …", "Make ports of a pod, service or workload reachable on this machine",
		func(ctx context.Context, inv *invocation, args []string) error {
			pairs, err := parsePorts(args[1:])
			if err != nil {
				return err
			}
			o, err := inv.oneObject(ctx, args[:1], "pods")
			if err != nil {
				return err
			}
			return (&forwarder{inv: inv, object: o, address: address}).run(ctx, pairs)
		})
	cmd.Example = "  kubemate port-forward svc/teller 8080:80 -n demo-bank\n  kubemate port-forward deploy/ledger :http 9090"
	cmd.Args = atLeast(2, "a pod, service or workload, and a port")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	cmd.Flags().StringVar(&address, "address", address, "address of this machine to listen on; anything but loopback lets others in")
	return cmd
}

// forwarder listens and carries each connection over a WebSocket of its own.
type forwarder struct {
	inv     *invocation
	object  object
	address string
	wg      sync.WaitGroup
}

func (f *forwarder) run(ctx context.Context, pairs []portPair) error {
	ctx, cancel := context.WithCancel(ctx)
	defer f.wg.Wait()
	defer cancel()
	listeners := make([]net.Listener, 0, len(pairs))
	defer func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	}()
	for _, pair := range pairs {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(f.address, strconv.Itoa(pair.local)))
		if err != nil {
			return errs.New(errs.Internal, "port %d of this machine cannot be used: %s", pair.local, listenProblem(err)).
				WithHint("choose another one, or 0 for any: 0:%s", pair.remote).Wrap(err)
		}
		listeners = append(listeners, l)
	}
	for i, l := range listeners {
		fmt.Fprintf(f.inv.out, "%s -> %s port %s\n", l.Addr(), f.object.label(), pairs[i].remote)
		f.wg.Go(func() { f.accept(ctx, l, pairs[i].remote) })
	}
	<-ctx.Done()
	return nil
}

func listenProblem(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}

func (f *forwarder) accept(ctx context.Context, l net.Listener, remote string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		f.wg.Go(func() {
			defer func() { _ = conn.Close() }()
			if err := f.carry(ctx, conn, remote); err != nil && ctx.Err() == nil {
				f.inv.remark("%s", errorLine(err))
			}
		})
	}
}

// carry joins a connection with the remote port until both directions end.
func (f *forwarder) carry(ctx context.Context, conn net.Conn, remote string) error {
	ws, err := f.inv.client.WebSocket(ctx, f.object.path("portforward"), url.Values{"port": {remote}}, resources.PortForwardProtocol)
	if err != nil {
		return err
	}
	defer func() { _ = ws.CloseNow() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer func() { _ = conn.Close() }() // ends the reading below
	wg.Go(func() { f.upload(ctx, conn, ws) })
	for {
		_, frame, err := ws.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return client.CloseError(err)
		}
		if _, err := conn.Write(frame); err != nil {
			return nil // the program on this machine left
		}
	}
}

func (f *forwarder) upload(ctx context.Context, conn net.Conn, ws *websocket.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := conn.Read(buf)
		if n > 0 && ws.Write(ctx, websocket.MessageBinary, buf[:n]) != nil {
			return
		}
		if errors.Is(err, io.EOF) {
			_ = ws.Write(ctx, websocket.MessageBinary, nil) // this direction is over
			return
		}
		if err != nil {
			_ = ws.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}
