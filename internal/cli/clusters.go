package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
)

func (a *app) clustersCommand() *cobra.Command {
	cmd, inv := a.command("clusters", "List the clusters, their health and how full they are", func(ctx context.Context, inv *invocation, _ []string) error {
		if inv.output != "table" {
			var whole map[string]any
			if err := inv.client.Call(ctx, http.MethodGet, "/clusters", nil, nil, &whole); err != nil {
				return err
			}
			return inv.printObject(whole["clusters"])
		}
		var answer client.Clusters
		if err := inv.client.Call(ctx, http.MethodGet, "/clusters", nil, nil, &answer); err != nil {
			return err
		}
		t := newTable("NAME", "STATUS", "VERSION", "NODES", "PODS", "CPU", "MEMORY")
		t.paint = inv.painter()
		for _, c := range answer.Clusters {
			t.rows = append(t.rows, []cell{
				{text: c.Name},
				clusterStatus(inv, c),
				{text: c.Version},
				{text: fmt.Sprintf("%d/%d", c.Nodes.Ready, c.Nodes.Total)},
				{text: fmt.Sprintf("%d/%d", c.Pods.Running, c.Pods.Total)},
				{text: usageText(c.CPU, formatCPU)},
				{text: usageText(c.Memory, formatBytes)},
			})
		}
		return t.print(inv.out)
	})
	cmd.Args = noArgs
	inv.printable(cmd, "table", "json", "yaml")
	return cmd
}

func clusterStatus(inv *invocation, c client.Cluster) cell {
	word := "Connected"
	if c.Simulated {
		word = "Connected (simulated)"
	}
	if c.Health.Connected {
		return cell{text: word, tone: "ok"}
	}
	return cell{text: "No contact for " + age(inv.now().Sub(c.Health.Since)), tone: "error"}
}

// usageText shows what is used, else what is requested, of what there is.
func usageText(u client.Usage, format func(float64) string) string {
	if u.Capacity == 0 {
		return ""
	}
	taken, word := u.Requested, " requested"
	if u.Used != nil {
		taken, word = *u.Used, ""
	}
	return fmt.Sprintf("%s/%s%s", format(taken), format(u.Capacity), word)
}
