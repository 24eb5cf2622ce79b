package cli

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) searchCommand() *cobra.Command {
	limit := 20
	cmd, inv := a.command("search TEXT", "Find objects of any kind by name, in every cluster", func(ctx context.Context, inv *invocation, args []string) error {
		q := url.Values{"q": {strings.Join(args, " ")}, "limit": {strconv.Itoa(limit)}}
		if inv.cluster != localCluster {
			q.Set("cluster", inv.cluster)
		}
		var found resources.SearchResults
		if err := inv.client.Call(ctx, http.MethodGet, "/search", q, nil, &found); err != nil {
			return err
		}
		for _, what := range found.Incomplete {
			inv.remark("not searched: %s", clean(what))
		}
		if inv.output != "table" {
			return inv.printObject(found)
		}
		if len(found.Results) == 0 {
			inv.remark("nothing found")
			return nil
		}
		t := newTable("CLUSTER", "NAMESPACE", "KIND", "NAME", "STATUS")
		t.paint = inv.painter()
		for _, r := range found.Results {
			t.rows = append(t.rows, []cell{{text: r.Ref.Cluster}, {text: r.Ref.Namespace}, {text: r.Kind}, {text: r.Ref.Name}, {r.Status[1], r.Status[0]}})
		}
		return t.print(inv.out)
	})
	cmd.Args = atLeast(1, "a text")
	cmd.Flags().IntVar(&limit, "limit", limit, "show so many at most, up to 100")
	inv.printable(cmd, "table", "json", "yaml")
	return cmd
}
