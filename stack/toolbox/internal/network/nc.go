package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// nc connects standard input and output with a TCP or UDP peer, waits for one
// (-l), or only tells whether a port is open (-z).
func nc(ctx context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "nc", "[-vzu] [-w SECONDS] HOST PORT | -l [-p] PORT")
	listen := fs.BoolP("listen", "l", false, "wait for one connection")
	port := fs.StringP("port", "p", "", "the port to wait at")
	zero := fs.BoolP("zero", "z", false, "only see whether the port is open")
	verbose := fs.BoolP("verbose", "v", false, "say what happens")
	udp := fs.BoolP("udp", "u", false, "UDP instead of TCP")
	seconds := fs.Float64P("wait", "w", 0, "seconds to wait for the connection and between bytes")
	fs.BoolP("numeric", "n", false, "accepted for scripts' sake")
	if err := fs.Parse(args); err != nil {
		return err
	}
	wait := time.Duration(*seconds * float64(time.Second))
	say := func(format string, values ...any) {
		if *verbose {
			fmt.Fprintf(std.Err, format+"\n", values...)
		}
	}
	var conn net.Conn
	var err error
	switch {
	case *listen:
		conn, err = acceptOne(ctx, *port, fs.Args(), say)
	case fs.NArg() != 2:
		return errors.New("a host and a port are needed")
	default:
		network := "tcp"
		if *udp {
			network = "udp"
		}
		dialer := net.Dialer{Timeout: wait}
		conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(fs.Arg(0), fs.Arg(1)))
	}
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	say("connected to %s", conn.RemoteAddr())
	if *zero {
		return nil
	}
	return join(std, conn, wait)
}

func acceptOne(ctx context.Context, port string, rest []string, say func(string, ...any)) (net.Conn, error) {
	host := ""
	switch {
	case port == "" && len(rest) == 1:
		port = rest[0]
	case port == "" && len(rest) == 2:
		host, port = rest[0], rest[1]
	case port != "" && len(rest) == 1:
		host = rest[0]
	case port == "":
		return nil, errors.New("a port is needed to wait at")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	defer func() { _ = listener.Close() }()
	say("waiting at %s", listener.Addr())
	return listener.Accept()
}

// lastWords is how long the standard input may go on after the peer has ended:
// a peer that only closed its sending half still listens.
const lastWords = time.Second

// join copies both ways. It ends soon after the peer; the end of the standard
// input only closes the sending half.
func join(std applet.Std, conn net.Conn, idle time.Duration) error {
	sent := make(chan struct{})
	go func() {
		// Ends with the process at the latest: nothing can interrupt a read of the standard input.
		defer close(sent)
		_, _ = io.Copy(conn, std.In)
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}()
	if err := receive(std.Out, conn, idle); err != nil {
		return err
	}
	select {
	case <-sent:
	case <-time.After(lastWords):
	}
	return nil
}

// receive copies until the peer ends, or is silent for longer than idle (0: no limit).
func receive(w io.Writer, conn net.Conn, idle time.Duration) error {
	buf := make([]byte, 32<<10)
	for {
		if idle > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(idle))
		}
		n, err := conn.Read(buf)
		if _, werr := w.Write(buf[:n]); werr != nil {
			return werr
		}
		var slow net.Error
		if errors.Is(err, io.EOF) || errors.As(err, &slow) && slow.Timeout() {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
