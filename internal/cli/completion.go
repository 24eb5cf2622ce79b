package cli

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// completeWithin bounds what the Tab key waits for.
const completeWithin = 3 * time.Second

const noFiles = cobra.ShellCompDirectiveNoFileComp

// completing connects for the Tab key; it stays silent about what goes wrong.
func (inv *invocation) completing(cmd *cobra.Command) (context.Context, context.CancelFunc, bool) {
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	inv.outputs = nil
	return ctx, cancel, inv.connect() == nil
}

func (inv *invocation) completeClusters(cmd *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel, ok := inv.completing(cmd)
	defer cancel()
	var answer client.Clusters
	if !ok || inv.client.Call(ctx, http.MethodGet, "/clusters", nil, nil, &answer) != nil {
		return nil, noFiles
	}
	names := make([]string, 0, len(answer.Clusters))
	for _, c := range answer.Clusters {
		names = append(names, c.Name)
	}
	return beginning(names, begin), noFiles
}

func (inv *invocation) completeNamespaces(cmd *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	inv.namespace = ""
	ctx, cancel, ok := inv.completing(cmd)
	defer cancel()
	var answer client.Namespaces
	if !ok || inv.client.Call(ctx, http.MethodGet, inv.clusterPath("namespaces"), nil, nil, &answer) != nil {
		return nil, noFiles
	}
	names := make([]string, 0, len(answer.Namespaces))
	for _, n := range answer.Namespaces {
		names = append(names, n.Name)
	}
	return beginning(names, begin), noFiles
}

// completeObjects completes a kind, then names of it; KIND/NAME too.
func (inv *invocation) completeObjects(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel, ok := inv.completing(cmd)
	defer cancel()
	if !ok {
		return nil, noFiles
	}
	if kind, name, slash := strings.Cut(begin, "/"); slash {
		var names []string
		for _, n := range inv.names(ctx, kind, name) {
			names = append(names, kind+"/"+n)
		}
		return names, noFiles
	}
	if len(args) > 0 && !strings.Contains(args[0], "/") {
		return inv.names(ctx, args[0], begin), noFiles
	}
	kinds, err := inv.kinds(ctx)
	if err != nil {
		return nil, noFiles
	}
	var names []string
	for _, k := range kinds {
		names = append(names, k.Resource)
	}
	return beginning(names, begin), noFiles
}

func (inv *invocation) completeNodes(cmd *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel, ok := inv.completing(cmd)
	defer cancel()
	if !ok {
		return nil, noFiles
	}
	return inv.names(ctx, "nodes", begin), noFiles
}

func (inv *invocation) completeContainers(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel, ok := inv.completing(cmd)
	defer cancel()
	if !ok || len(args) == 0 {
		return nil, noFiles
	}
	o, err := inv.oneObject(ctx, args[:1], "pods")
	if err != nil || o.ref.Resource != "pods" {
		return nil, noFiles
	}
	d, err := inv.detail(ctx, o)
	if err != nil {
		return nil, noFiles
	}
	spec, _ := d.Object["spec"].(map[string]any)
	var names []string
	for _, part := range []string{"initContainers", "containers", "ephemeralContainers"} {
		list, _ := spec[part].([]any)
		for _, c := range list {
			if m, ok := c.(map[string]any); ok {
				names = append(names, plainText(m["name"]))
			}
		}
	}
	return beginning(names, begin), noFiles
}

// names lists the objects of a kind whose name begins so.
func (inv *invocation) names(ctx context.Context, kindName, begin string) []string {
	kind, err := inv.kind(ctx, kindName)
	if err != nil {
		return nil
	}
	q := url.Values{"limit": {"200"}, "q": {begin}}
	if kind.Namespaced {
		q.Set("namespace", inv.namespace)
	}
	var page fleet.Page
	if inv.client.Call(ctx, http.MethodGet, inv.clusterPath("resources", kind.Resource), q, nil, &page) != nil {
		return nil
	}
	var names []string
	for _, o := range rowObjects(kind, inv.cluster, &page) {
		names = append(names, objectName(o.ref))
	}
	return beginning(names, begin)
}

func objectName(ref kube.Ref) string { return ref.Name }

func beginning(names []string, begin string) []string {
	var out []string
	for _, n := range names {
		if strings.HasPrefix(n, begin) {
			out = append(out, n)
		}
	}
	return out
}
