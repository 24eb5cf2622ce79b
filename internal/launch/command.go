package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// Commands are `up`, `status` and `down`.
func Commands(version string) []*cobra.Command {
	return []*cobra.Command{newUpCommand(version), newStatusCommand(), newDownCommand()}
}

func newUpCommand(version string) *cobra.Command {
	o := Options{Version: version}
	var background bool
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the platform: a cluster, the console, and the demo bank on it",
		Long: `Starts everything on this machine and prints the address with a one-time sign-in link.
As root on Linux a real node runs; otherwise, or with --simulated, nodes are simulated.
Ctrl-C stops what was started; data stays, and the next start takes seconds.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			if background {
				return upInBackground(ctx, o, cmd.OutOrStdout())
			}
			return Up(ctx, o, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.DataDir, "data-dir", "", "folder for everything that survives (default /var/lib/kubemate as root)")
	f.StringVar(&o.Listen, "listen", DefaultListen, "address of the console; any other than loopback is served with TLS")
	f.StringVar(&o.BasePath, "base-path", "", "path below which the console stands, for instance /kubemate")
	f.StringVar(&o.PublicURL, "public-url", "", "the console's address as people reach it (default: from --listen)")
	f.StringSliceVar(&o.AllowedHosts, "allowed-host", nil, "further host name: answered on a loopback address, and in a generated certificate; repeat for more")
	f.StringVar(&o.Authorizer, "authorization", "rbac", "rbac: evaluate the cluster's RBAC here; review: ask the cluster, where RBAC is not its only authorizer")
	f.StringVar(&o.TLSCert, "tls-cert", "", "certificate, PEM (default for other than loopback: a generated one)")
	f.StringVar(&o.TLSKey, "tls-key", "", "its key, PEM")
	f.StringVar(&o.Kubeconfig, "kubeconfig", "", "use this existing cluster instead of starting one")
	f.StringVar(&o.Context, "context", "", "context of the kubeconfig (default: its current one)")
	f.StringVar(&o.Registry, "registry", DefaultRegistry, "loopback address where the bundle's images are served")
	f.IntVar(&o.APIPort, "api-port", defaultAPIPort, "port of the embedded API server")
	f.BoolVar(&o.Simulated, "simulated", false, "simulated nodes, although a real one could run")
	f.IntVar(&o.Nodes, "nodes", defaultNodes, "number of simulated nodes")
	f.BoolVar(&o.NoDemo, "no-demo", false, "leave the demo bank out")
	f.BoolVar(&background, "detach", false, "go on in the background once the console answers")
	return cmd
}

func newDownCommand() *cobra.Command {
	var dataDir string
	var remove bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the platform; data stays unless --delete",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return Down(cmd.Context(), dataDir, remove, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&dataDir, "data-dir", "", "data folder of the platform (default /var/lib/kubemate as root)")
	cmd.Flags().BoolVar(&remove, "delete", false, "remove the data, too, and everything that `up` made on this host")
	return cmd
}

// errNotWell makes `status` exit with 1; the table has said why.
var errNotWell = errors.New("")

func newStatusCommand() *cobra.Command {
	var dataDir, output string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how the platform is; exits 0 only if all is well",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return fmt.Errorf("-o %q: there are table and json", output)
			}
			s, err := Inspect(cmd.Context(), dataDir)
			if err != nil {
				return err
			}
			if err := s.print(cmd.OutOrStdout(), output); err != nil {
				return err
			}
			if !s.OK {
				return errNotWell
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dataDir, "data-dir", "", "data folder of the platform (default /var/lib/kubemate as root)")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return cmd
}

func (s Status) print(w io.Writer, output string) error {
	if output == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if s.Address != "" {
		_, _ = fmt.Fprintf(t, "console\t%s\n", s.Address)
	}
	if s.Mode != "" {
		_, _ = fmt.Fprintf(t, "cluster\t%s\n", s.Mode.describe())
	}
	if s.Fingerprint != "" {
		_, _ = fmt.Fprintf(t, "certificate\tSHA-256 %s\n", s.Fingerprint)
	}
	_, _ = fmt.Fprintf(t, "data folder\t%s\nversion\t%s\nphase\t%s\n\n", s.DataDir, dash(s.Version), s.Phase)
	for _, p := range s.Parts {
		mark, pods := "ok", ""
		if !p.OK {
			mark = "NOT OK"
		}
		if p.Total > 0 {
			pods = fmt.Sprintf("%d of %d pods running", p.Running, p.Total)
		}
		text := strings.Trim(pods+"; "+p.Message, "; ")
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", p.Name, mark, text)
	}
	return t.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
