package app

import (
	"io"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/config"
)

func newServerCommand() *cobra.Command {
	c := config.NewServer()
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Serve the API and the console for a cluster that is there already",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Complete(); err != nil {
				return usageError{err}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return Serve(ctx, c, newLogger(cmd.ErrOrStderr(), c.LogFormat, c.LogLevel), nil)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.DataDir, "data-dir", c.DataDir, "folder of the server's data; it uses server/ and run/ in it")
	f.StringVar(&c.Kubeconfig, "kubeconfig", c.Kubeconfig, "kubeconfig of the management cluster (default: the service account of the pod)")
	f.StringVar(&c.Context, "context", c.Context, "context of the kubeconfig (default: the current one)")
	f.StringVar(&c.ClusterName, "cluster-name", c.ClusterName, "key of the management cluster in addresses")
	f.StringVar(&c.DisplayName, "cluster-display-name", c.DisplayName, "its name for people")
	f.StringVar(&c.Listen, "listen", c.Listen, "address to serve at; any other than loopback demands TLS")
	f.StringVar(&c.BasePath, "base-path", c.BasePath, "path below which everything stands, for instance /kubemate")
	f.StringVar(&c.PublicURL, "public-url", c.PublicURL, "the console's address as people reach it (default: from --listen)")
	f.StringSliceVar(&c.AllowedHosts, "allowed-host", nil, "further host name that is answered on a loopback address; repeat for more")
	f.StringVar(&c.Authorizer, "authorization", c.Authorizer, "rbac: evaluate the cluster's RBAC here; review: ask the cluster, where RBAC is not its only authorizer")
	f.StringVar(&c.AdminSocket, "admin-socket", c.AdminSocket, `socket for root and the server's own user, "none" for none (default: run/server.sock in the data folder)`)
	f.StringVar(&c.TLSCert, "tls-cert", c.TLSCert, "certificate, PEM")
	f.StringVar(&c.TLSKey, "tls-key", c.TLSKey, "its key, PEM")
	f.BoolVar(&c.TLSGenerate, "tls-generate", c.TLSGenerate, "make a certificate and print its fingerprint")
	f.StringVar(&c.LogFormat, "log-format", c.LogFormat, "text or json")
	f.StringVar(&c.LogLevel, "log-level", c.LogLevel, "debug, info, warn or error")
	return cmd
}

func newLogger(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // Complete has refused anything else already
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
