package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) whyCommand() *cobra.Command {
	cmd, inv := a.command("why KIND NAME | KIND/NAME", "Say why an object is not running, and what to do", func(ctx context.Context, inv *invocation, args []string) error {
		o, err := inv.oneObject(ctx, args, "pods")
		if err != nil {
			return err
		}
		var why resources.Why
		if err := inv.client.Call(ctx, http.MethodGet, o.path("why"), nil, nil, &why); err != nil {
			return err
		}
		if inv.output != "text" {
			return inv.printObject(why)
		}
		(&describer{inv: inv, w: inv.out}).why(&why, "")
		return nil
	})
	cmd.Args = atLeast(1, "an object")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	inv.printable(cmd, "text", "json", "yaml")
	return cmd
}

func (p *describer) why(why *resources.Why, indent string) {
	headline := clean(why.Headline)
	if paint := p.inv.painter(); paint != nil {
		headline = paint(why.Tone, headline)
	}
	fmt.Fprintln(p.w, indent+headline)
	for _, c := range why.Causes {
		fmt.Fprintf(p.w, "%s- %s\n", indent, clean(c.Title))
		if c.Detail != "" && c.Detail != c.Title {
			fmt.Fprintf(p.w, "%s    %s\n", indent, clean(c.Detail))
		}
		for _, e := range c.Evidence {
			when := ""
			if e.Time != nil {
				when = " " + age(p.inv.now().Sub(*e.Time)) + " ago"
			}
			fmt.Fprintf(p.w, "%s    seen in %s%s: %s\n", indent, e.Source, when, clean(e.Text))
		}
		for _, remedy := range c.Remedy {
			fmt.Fprintf(p.w, "%s    do: %s\n", indent, clean(remedy))
		}
	}
	for _, unseen := range why.Unseen {
		fmt.Fprintf(p.w, "%s(you may not see: %s)\n", indent, clean(unseen))
	}
}
