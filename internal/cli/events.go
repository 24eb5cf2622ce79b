package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/feature/resources"
)

// eventsCommand shows the events of an object, or all of a namespace.
func (a *app) eventsCommand() *cobra.Command {
	l := &listing{sort: "lastSeen", desc: true}
	cmd, inv := a.command("events [KIND NAME | KIND/NAME]", "Show events, newest first", func(ctx context.Context, inv *invocation, args []string) error {
		if len(args) == 0 {
			return l.run(ctx, inv, []string{"events"})
		}
		o, err := inv.oneObject(ctx, args, "pods")
		if err != nil {
			return err
		}
		var events resources.ObjectEvents
		if err := inv.client.Call(ctx, http.MethodGet, o.path("events"), nil, nil, &events); err != nil {
			return err
		}
		switch {
		case inv.output == "json" || inv.output == "yaml":
			return inv.printObject(events)
		case len(events.Events) == 0:
			inv.remark("no events about %s", o.label())
			return nil
		}
		return eventTable(inv, events.Events, "", true).print(inv.out)
	})
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, true)
	inv.printable(cmd, "table", "wide", "json", "yaml")
	f := cmd.Flags()
	f.StringArrayVar(&l.filters, "filter", nil, "condition on a column, repeat for more: type=Warning")
	f.IntVar(&l.limit, "limit", 100, "show so many at most (0 = all)")
	f.BoolVarP(&l.watch, "watch", "w", false, "go on and show each new event")
	return cmd
}
