package app

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args     string
		code     int
		out, err string
	}{
		{"--version", 0, "kubemate version dev", ""},
		{"--help", 0, "Run the platform:", ""},
		{"server --help", 0, "--kubeconfig", ""},
		{"openapi", 0, "openapi: 3.1.0", ""},
		{"server --listen nonsense", 2, "", "HOST:PORT"},
		{"server --tls-cert a.pem", 2, "", "--tls-key"},
		{"server --base-path kube/", 2, "", "slash"},
		{"server --log-level loud", 2, "", "debug, info"},
		{"server --authorization maybe", 2, "", "rbac or review"},
		{"server --no-such-flag", 2, "", "kubemate server --help"},
		{"no-such-command", 2, "", "unknown command"},
		{"server --kubeconfig /no/such/file --data-dir " + t.TempDir(), 1, "", "/no/such/file"},
	} {
		var out, errs bytes.Buffer
		code := Run(context.Background(), strings.Fields(c.args), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), c.err) {
			t.Errorf("kubemate %s: exit code %d, out %.300q, err %q", c.args, code, out.String(), errs.String())
		}
	}
}

// Every command explains itself in one line, and takes no arguments that it does not name.
func TestCommandsAreDocumented(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: short text %q", cmd.CommandPath(), cmd.Short)
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(newRoot(Streams{}))
}
