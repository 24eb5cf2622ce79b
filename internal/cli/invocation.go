package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
)

// localCluster is the name of the cluster that a server manages itself.
const localCluster = "local"

// invocation is one run of one command.
type invocation struct {
	*app
	server, socket string
	cluster        string
	namespace      string
	allNamespaces  bool
	output         string
	outputs        []string

	client *client.Client
	saved  *server // the sign-in used, nil for the socket
	known  *client.Kinds
}

// runner is what a command does once it is connected.
type runner func(ctx context.Context, inv *invocation, args []string) error

// command makes a command that talks to a server. Flags are added to it by the caller.
func (a *app) command(use, short string, run runner) (*cobra.Command, *invocation) {
	inv := &invocation{app: a}
	cmd := &cobra.Command{
		Use: use, Short: short, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := inv.connect(); err != nil {
				return err
			}
			return run(cmd.Context(), inv, args)
		},
	}
	a.plain(cmd)
	f := cmd.Flags()
	f.StringVar(&inv.server, "server", "", "address of the server (default: the one signed in to last, else the local one)")
	f.StringVar(&inv.socket, "socket", "", "admin socket of a local server")
	f.StringVar(&inv.cluster, "cluster", "", "cluster (default: "+localCluster+")")
	_ = cmd.RegisterFlagCompletionFunc("cluster", inv.completeClusters)
	return cmd, inv
}

// plain lets a command speak as all do.
func (a *app) plain(cmd *cobra.Command) {
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetIn(a.in)
	cmd.SetOut(a.out)
	cmd.SetErr(a.err)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%s; see: %s --help", err, cmd.CommandPath())
	})
}

// group makes a command that only holds others.
func (a *app) group(use, short string, children ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("%s has no command %q; see: %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())
		}
		return cmd.Help()
	}}
	a.plain(cmd)
	cmd.AddCommand(children...)
	return cmd
}

// namespaced adds -n, and -A when all is true.
func (inv *invocation) namespaced(cmd *cobra.Command, all bool) {
	cmd.Flags().StringVarP(&inv.namespace, "namespace", "n", "", "namespace (default: the saved one, else \"default\")")
	_ = cmd.RegisterFlagCompletionFunc("namespace", inv.completeNamespaces)
	if all {
		cmd.Flags().BoolVarP(&inv.allNamespaces, "all-namespaces", "A", false, "in every namespace")
	}
}

// printable adds -o; the first format is the default.
func (inv *invocation) printable(cmd *cobra.Command, formats ...string) {
	inv.outputs = formats
	cmd.Flags().StringVarP(&inv.output, "output", "o", formats[0], "format: "+strings.Join(formats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

// connect finds the server and checks the flags that all commands share.
func (inv *invocation) connect() error {
	if len(inv.outputs) > 0 && !slices.Contains(inv.outputs, inv.output) {
		return usage("-o %s is not known here; it is one of: %s", inv.output, strings.Join(inv.outputs, ", "))
	}
	if inv.allNamespaces && inv.namespace != "" {
		return usage("-A and -n cannot stand together")
	}
	target, err := inv.target()
	if err != nil {
		return err
	}
	if inv.client, err = client.New(target); err != nil {
		return err
	}
	if inv.cluster == "" {
		inv.cluster = firstOf(inv.env("KUBEMATE_CLUSTER"), inv.saved.cluster(), localCluster)
	}
	if inv.namespace == "" {
		inv.namespace = firstOf(inv.env("KUBEMATE_NAMESPACE"), inv.saved.namespace(), "default")
	}
	return nil
}

// target chooses the server: the one named, the one signed in to last, or the local one.
func (inv *invocation) target() (client.Target, error) {
	if inv.socket != "" {
		return client.Target{Socket: inv.socket}, nil
	}
	config, err := loadConfig(inv.configFile)
	if err != nil {
		return client.Target{}, err
	}
	name := firstOf(inv.server, inv.env("KUBEMATE_SERVER"))
	if name != "" {
		base, err := client.ParseServer(name)
		if err != nil {
			return client.Target{}, err
		}
		name = base.String()
	} else {
		name = config.Current
	}
	if name != "" {
		inv.saved = config.Servers[name]
		if inv.saved == nil {
			return client.Target{}, errs.New(errs.Unauthenticated, "you are not signed in to %s", name).
				WithHint("sign in with: kubemate sign-in --server %s", name)
		}
		return client.Target{Server: name, Token: inv.saved.Token, Fingerprint: inv.saved.Fingerprint}, nil
	}
	socket := filepath.Join(inv.dataDir, "run", "server.sock")
	if !isSocket(socket) {
		return client.Target{}, errs.New(errs.Unavailable, "no server is known: none was signed in to, and none runs here (%s is missing)", socket).
			WithHint("start one with: kubemate up, or sign in with: kubemate sign-in --server ADDRESS")
	}
	return client.Target{Socket: socket}, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// clusterPath gives the path of something of the chosen cluster.
func (inv *invocation) clusterPath(segments ...string) string {
	return client.Path(append([]string{"clusters", inv.cluster}, segments...)...)
}
