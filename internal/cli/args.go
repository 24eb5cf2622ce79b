package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no arguments; see: %s --help", cmd.CommandPath(), cmd.CommandPath())
	}
	return nil
}

// atLeast wants n arguments or more.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usage("%s needs %s; see: %s --help", cmd.CommandPath(), what, cmd.CommandPath())
		}
		return nil
	}
}

// item is a kind, and a name if one was given, as written.
type item struct {
	kind, name string
}

// parseItems reads "KIND", "KIND,KIND", "KIND NAME NAME", or "KIND/NAME KIND/NAME".
func parseItems(args []string) ([]item, error) {
	if len(args) == 0 {
		return nil, usage("which kind? Write for instance: pods, deploy/teller, or pod teller-0; kinds: kubemate api-resources")
	}
	if strings.Contains(args[0], "/") {
		return parsePairs(args)
	}
	var items []item
	kinds := strings.Split(args[0], ",")
	for _, kind := range kinds {
		if kind == "" {
			return nil, usage("%q holds an empty kind", args[0])
		}
		if len(args) == 1 {
			items = append(items, item{kind: kind})
		}
		for _, name := range args[1:] {
			if strings.Contains(name, "/") {
				return nil, usage("%q: give either KIND NAME … or KIND/NAME …, not both", name)
			}
			if name == "" {
				return nil, usage("a name is empty")
			}
			items = append(items, item{kind: kind, name: name})
		}
	}
	return items, nil
}

func parsePairs(args []string) ([]item, error) {
	var items []item
	for _, arg := range args {
		kind, name, ok := strings.Cut(arg, "/")
		if !ok || kind == "" || name == "" || strings.Contains(name, "/") {
			return nil, usage("%q is not KIND/NAME", arg)
		}
		items = append(items, item{kind: kind, name: name})
	}
	return items, nil
}

// parseNamed is parseItems where every item needs a name. A single word without a slash is a
// name of fallback, if there is one.
func parseNamed(args []string, fallback string) ([]item, error) {
	if len(args) == 1 && fallback != "" && !strings.Contains(args[0], "/") {
		return []item{{kind: fallback, name: args[0]}}, nil
	}
	items, err := parseItems(args)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if it.name == "" {
			return nil, usage("which of the %s? Give a name", it.kind)
		}
	}
	return items, nil
}
