package resources

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// searchKinds are the kinds that a search looks in, unless the text names another; their
// place gives them weight among equals.
var searchKinds = []string{
	"deployments.apps", "statefulsets.apps", "daemonsets.apps", "pods", "services", "ingresses.networking.k8s.io", "nodes",
	"namespaces", "configmaps", "secrets", "cronjobs.batch", "jobs.batch", "persistentvolumeclaims", "persistentvolumes",
	"serviceaccounts", "horizontalpodautoscalers.autoscaling", "storageclasses.storage.k8s.io",
	"roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io", "replicasets.apps",
}

// search finds objects whose name, namespace or status holds a text. "po teller" looks for
// teller among pods only.
func (f *Feature) search(ctx context.Context, who caller, text, cluster string, limit int) (*SearchResults, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	out := &SearchResults{Results: []SearchResult{}, Incomplete: []string{}}
	if text == "" {
		return out, nil
	}
	clusters := f.clusters.Clusters()
	if cluster != "" {
		c, err := f.clusters.Cluster(cluster)
		if err != nil {
			return nil, err
		}
		clusters = []kube.Cluster{c}
	}
	for _, c := range clusters {
		f.searchCluster(ctx, who, c, text, out)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out.Results, func(a, b SearchResult) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(len(a.Ref.Name), len(b.Ref.Name)),
			cmp.Compare(a.Ref.Name, b.Ref.Name), cmp.Compare(a.Ref.Namespace, b.Ref.Namespace))
	})
	if limit > 0 && len(out.Results) > limit {
		out.Results = out.Results[:limit]
	}
	return out, nil
}

// searchCluster adds the matches of one cluster.
func (f *Feature) searchCluster(ctx context.Context, who caller, c kube.Cluster, text string, out *SearchResults) {
	kinds, words := f.searchedKinds(ctx, c, text)
	if len(kinds) == 0 {
		out.Incomplete = append(out.Incomplete, c.Name()+": its kinds are not known yet")
		return
	}
	for place, kind := range kinds {
		err := f.searchKind(ctx, who, c.Name(), kind, words, len(kinds)-place, out)
		if err != nil && !isKind(err, errs.Forbidden) && !isKind(err, errs.NotFound) {
			out.Incomplete = append(out.Incomplete, c.Name()+": "+kind.Resource+": "+errorText(err))
		}
	}
}

// searchKind adds the matches of one kind; weight ranks it among kinds.
func (f *Feature) searchKind(ctx context.Context, who caller, cluster string, kind kube.Kind, words string, weight int, out *SearchResults) error {
	q := fleet.Query{Cluster: cluster, Resource: kind.Resource, Text: words, Limit: fleetPage}
	page, err := f.fleet.List(ctx, who.scope, q)
	if err != nil {
		return err
	}
	if page.State.Phase == "loading" {
		out.Incomplete = append(out.Incomplete, cluster+": "+kind.Resource+" are still being read")
	}
	rows := page.Rows
	if page.Total > len(rows) { // the one that is called exactly so may stand on a later page
		q.Text, q.Filters = "", []fleet.Filter{{Column: "name", Op: "=", Values: []string{words}}}
		exact, err := f.fleet.List(ctx, who.scope, q)
		if err != nil {
			return err
		}
		rows = append(exact.Rows, rows...)
	}
	seen := make(map[string]bool, len(rows))
	for _, row := range rows {
		if !seen[row.UID] {
			seen[row.UID] = true
			out.Results = append(out.Results, searchResult(cluster, kind, page.Columns, row, words, weight))
		}
	}
	return nil
}

const fleetPage = 500 // the largest page of the cache

// searchedKinds gives the kinds to look in, and the text without the word that named one.
func (f *Feature) searchedKinds(ctx context.Context, c kube.Cluster, text string) ([]kube.Kind, string) {
	if first, rest, two := strings.Cut(text, " "); two {
		if kind, err := c.Kind(ctx, first); err == nil && slices.Contains(kind.Verbs, "list") {
			return []kube.Kind{kind}, strings.TrimSpace(rest)
		}
	}
	served, _ := c.Kinds(ctx) // a failing API group leaves its kinds out; the others are searched
	var out []kube.Kind
	for _, resource := range searchKinds {
		for _, k := range served {
			if k.Resource == resource {
				out = append(out, k)
			}
		}
	}
	return out, text
}

func searchResult(cluster string, kind kube.Kind, columns []fleet.Column, row fleet.Row, text string, weight int) SearchResult {
	score, matched := searchScore(row, text)
	return SearchResult{
		ObjectRow: ObjectRow{
			Ref:  kube.Ref{Cluster: cluster, Resource: kind.Resource, Namespace: row.Namespace, Name: row.Name},
			Kind: kind.Kind, Status: rowStatus(columns, row),
		},
		Score: score + weight, Matched: matched,
	}
}

// searchScore ranks a match: the whole name before its beginning, a word in it, any part of
// it, and then other places.
func searchScore(row fleet.Row, text string) (int, string) {
	name := strings.ToLower(row.Name)
	at := strings.Index(name, text)
	switch {
	case name == text:
		return 1000, "name"
	case at == 0:
		return 800, "name"
	case at > 0 && strings.ContainsRune("-._/:", rune(name[at-1])):
		return 600, "name"
	case at > 0:
		return 400, "name"
	case strings.Contains(strings.ToLower(row.Namespace), text):
		return 200, "namespace"
	default:
		return 100, "status"
	}
}

// rowStatus reads the status of a row.
func rowStatus(columns []fleet.Column, row fleet.Row) ObjectStatus {
	for i, c := range columns {
		if c.Type != fleet.TypeStatus || i >= len(row.Cells) {
			continue
		}
		switch v := row.Cells[i].(type) {
		case [2]string:
			return v
		case []string:
			if len(v) == 2 {
				return ObjectStatus{v[0], v[1]}
			}
		case []any:
			if len(v) == 2 {
				tone, _ := v[0].(string)
				words, _ := v[1].(string)
				return ObjectStatus{tone, words}
			}
		}
	}
	return ObjectStatus{toneNeutral, ""}
}
