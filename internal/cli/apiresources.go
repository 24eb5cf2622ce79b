package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) resourcesCommand() *cobra.Command {
	group := ""
	cmd, inv := a.command("api-resources", "List the kinds that the cluster serves and you may use", func(ctx context.Context, inv *invocation, _ []string) error {
		all, err := inv.kinds(ctx)
		if err != nil {
			return err
		}
		for _, what := range inv.known.Incomplete {
			inv.remark("left out: %s", clean(what))
		}
		if inv.output == "json" || inv.output == "yaml" {
			return inv.printObject(all)
		}
		t := newTable("NAME", "SHORT", "GROUP/VERSION", "NAMESPACED", "KIND", "VERBS")
		for _, k := range all {
			if group != "" && k.Group != group {
				continue
			}
			version := k.Version
			if k.Group != "" {
				version = k.Group + "/" + k.Version
			}
			t.row(k.Resource, strings.Join(k.ShortNames, ","), version, strconv.FormatBool(k.Namespaced), k.Kind.Kind, strings.Join(k.Verbs, ","))
		}
		return t.print(inv.out)
	})
	cmd.Args = noArgs
	inv.printable(cmd, "table", "json", "yaml")
	cmd.Flags().StringVar(&group, "api-group", "", "only kinds of this group")
	return cmd
}
