package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/reference/cli.md anew")

const (
	referenceFile = "../../docs/reference/cli.md"
	referenceMark = "<!-- What follows is written by: go test ./internal/cli -run TestReference -update -->\n"
)

// TestReference keeps docs/reference/cli.md equal to the commands.
func TestReference(t *testing.T) {
	raw, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	hand, written, ok := strings.Cut(string(raw), referenceMark)
	if !ok {
		t.Fatalf("%s lacks the mark", referenceFile)
	}
	var b strings.Builder
	for _, cmd := range Commands(Deps{Env: func(string) string { return "" }}) {
		describeCommand(&b, cmd, "kubemate")
	}
	if *update {
		if err := os.WriteFile(referenceFile, []byte(hand+referenceMark+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if written != b.String() {
		t.Errorf("%s does not tell what the commands are; run: go test ./internal/cli -run TestReference -update", referenceFile)
	}
}

func describeCommand(b *strings.Builder, cmd *cobra.Command, parent string) {
	name := parent + " " + cmd.Name()
	if cmd.HasSubCommands() {
		for _, child := range cmd.Commands() {
			describeCommand(b, child, name)
		}
		return
	}
	fmt.Fprintf(b, "\n## %s\n%s.\n\n```\n%s %s\n```\n", name, strings.TrimSuffix(cmd.Short, "."), parent, cmd.Use)
	if _, more, ok := strings.Cut(cmd.Long, "\n\n"); ok {
		fmt.Fprintf(b, "%s\n", more)
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "\nExamples:\n```\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(cmd.Example, "  "), "\n  ", "\n"))
	}
	first := true
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "server" || f.Name == "socket" || f.Name == "cluster" || f.Name == "help" {
			if cmd.Name() != "sign-in" && cmd.Name() != "sign-out" {
				return // of all commands
			}
		}
		if first {
			b.WriteString("\n| flag | what |\n|---|---|\n")
			first = false
		}
		flagName := "--" + f.Name
		if f.Shorthand != "" {
			flagName = "-" + f.Shorthand + ", " + flagName
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", flagName, strings.ReplaceAll(f.Usage, "|", "\\|"))
	})
}
