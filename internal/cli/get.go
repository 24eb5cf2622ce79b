package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// pageSize is how many rows are asked for at once, the most that the server gives.
const pageSize = 500

// listing is what get is asked for.
type listing struct {
	selector, text, sort string
	filters              []string
	desc, watch          bool
	limit                int
}

func (a *app) getCommand() *cobra.Command {
	l := &listing{}
	cmd, inv := a.command("get KIND[,KIND] [NAME …] | KIND/NAME …", "List objects", func(ctx context.Context, inv *invocation, args []string) error {
		return l.run(ctx, inv, args)
	})
	cmd.Example = "  kubemate get pods -A --filter 'restarts>0' --sort restarts --desc\n  kubemate get deploy,svc -n demo-bank -l app=teller -o wide\n  kubemate get pod teller-0 -o yaml\n  kubemate get pods -w"
	cmd.Args = atLeast(1, "a kind")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, true)
	inv.printable(cmd, "table", "wide", "json", "yaml", "name")
	f := cmd.Flags()
	f.StringVarP(&l.selector, "selector", "l", "", "label selector")
	f.StringVarP(&l.text, "query", "q", "", "part of the name, namespace or status")
	f.StringArrayVar(&l.filters, "filter", nil, "condition on a column, repeat for more: status=Running,Pending, restarts>5")
	f.StringVar(&l.sort, "sort", "", "column to sort by (default: name)")
	f.BoolVar(&l.desc, "desc", false, "sort downwards")
	f.IntVar(&l.limit, "limit", 0, "show so many objects at most (0 = all)")
	f.BoolVarP(&l.watch, "watch", "w", false, "go on and show each change")
	return cmd
}

func (l *listing) run(ctx context.Context, inv *invocation, args []string) error {
	items, err := parseItems(args)
	if err != nil {
		return err
	}
	objects, err := inv.objects(ctx, items)
	if err != nil {
		return err
	}
	if l.limit < 0 {
		return usage("--limit must not be negative")
	}
	if l.watch {
		if len(objects) != 1 {
			return usage("-w watches one kind, or one object, at a time")
		}
		return l.follow(ctx, inv, objects[0])
	}
	whole := inv.output == "json" || inv.output == "yaml"
	if objects[0].ref.Name != "" && whole {
		return l.printNamed(ctx, inv, objects)
	}
	var shown []object
	for i, group := range groupByKind(objects) {
		pages, err := l.fetch(ctx, inv, group)
		if err != nil {
			return err
		}
		if whole || inv.output == "name" {
			shown = append(shown, rowObjects(group[0].kind, inv.cluster, pages)...)
			continue
		}
		if i > 0 {
			fmt.Fprintln(inv.out)
		}
		if err := l.print(inv, group, pages); err != nil {
			return err
		}
	}
	switch {
	case whole:
		return l.printWhole(ctx, inv, shown)
	case inv.output == "name":
		for _, o := range shown {
			fmt.Fprintln(inv.out, o.label())
		}
	}
	return nil
}

// groupByKind keeps the order of kinds.
func groupByKind(objects []object) [][]object {
	var groups [][]object
	for _, o := range objects {
		i := slices.IndexFunc(groups, func(g []object) bool { return g[0].ref.Resource == o.ref.Resource })
		if i < 0 {
			groups = append(groups, []object{o})
		} else {
			groups[i] = append(groups[i], o)
		}
	}
	return groups
}

// query makes the parameters of a list.
func (l *listing) query(inv *invocation, kind client.Kind) url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	if kind.Namespaced && !inv.allNamespaces {
		q.Set("namespace", inv.namespace)
	}
	set("labels", l.selector)
	set("q", l.text)
	set("sort", l.sort)
	if l.desc {
		q.Set("desc", "true")
	}
	for _, f := range l.filters {
		q.Add("filter", f)
	}
	if inv.output == "wide" {
		set("columns", strings.Join(allColumns(kind), ","))
	}
	return q
}

func allColumns(kind client.Kind) []string {
	ids := make([]string, len(kind.Columns))
	for i, c := range kind.Columns {
		ids[i] = c.ID
	}
	return ids
}

// fetch gets all pages of a kind, or the rows of the named objects.
func (l *listing) fetch(ctx context.Context, inv *invocation, group []object) (*fleet.Page, error) {
	names := map[string]bool{}
	for _, o := range group {
		if o.ref.Name != "" {
			names[o.ref.Name] = true
		}
	}
	q := l.query(inv, group[0].kind)
	if len(names) == 1 && l.text == "" {
		q.Set("q", group[0].ref.Name)
	}
	var all *fleet.Page
	for offset := 0; ; offset += pageSize {
		q.Set("offset", strconv.Itoa(offset))
		q.Set("limit", strconv.Itoa(pageSize))
		var page fleet.Page
		if err := inv.client.Call(ctx, http.MethodGet, inv.clusterPath("resources", group[0].ref.Resource), q, nil, &page); err != nil {
			return nil, err
		}
		if all == nil {
			all = &page
		} else {
			all.Rows = append(all.Rows, page.Rows...)
		}
		if len(page.Rows) == 0 || offset+len(page.Rows) >= page.Total || (l.limit > 0 && len(names) == 0 && len(all.Rows) >= l.limit) {
			break
		}
	}
	if len(names) > 0 {
		all.Rows = slices.DeleteFunc(all.Rows, func(r fleet.Row) bool { return !names[r.Name] })
		return all, missing(group, all.Rows)
	}
	if l.limit > 0 && len(all.Rows) > l.limit {
		all.Rows = all.Rows[:l.limit]
	}
	return all, nil
}

// missing names the first object that was asked for by name and is not there.
func missing(group []object, rows []fleet.Row) error {
	for _, o := range group {
		if !slices.ContainsFunc(rows, func(r fleet.Row) bool { return r.Name == o.ref.Name }) {
			return errs.New(errs.NotFound, "%s is not there%s", o.label(), inNamespace(o.ref.Namespace)).
				WithHint("it may be in another namespace (-n, -A), or you may not see it")
		}
	}
	return nil
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in namespace " + namespace
}

// print shows the rows of one kind as a table.
func (l *listing) print(inv *invocation, group []object, page *fleet.Page) error {
	kind := group[0].kind
	if page.State.Phase == "stale" {
		inv.remark("%s: contact to cluster %s is lost; this is the state %s ago", kind.Resource, inv.cluster, age(inv.sinceUnix(page.State.Since)))
	}
	if len(page.Rows) == 0 {
		where := ""
		if kind.Namespaced {
			where = " in namespace " + inv.namespace + " (-A looks in all)"
			if inv.allNamespaces {
				where = ""
			}
		}
		inv.remark("no %s found%s", kind.Resource, where)
		return nil
	}
	t := pageTable(inv, kind, page.Columns)
	for _, row := range page.Rows {
		t.rows = append(t.rows, pageRow(inv, kind, page.Columns, row))
	}
	return t.print(inv.out)
}

// pageTable makes the head; namespace and name always stand first.
func pageTable(inv *invocation, kind client.Kind, columns []fleet.Column) *table {
	t := newTable()
	t.paint = inv.painter()
	if inv.allNamespaces && kind.Namespaced {
		t.head = append(t.head, "NAMESPACE")
	}
	t.head = append(t.head, "NAME")
	for _, c := range columns {
		if !ownColumn(c) {
			t.head = append(t.head, strings.ToUpper(firstOf(c.Title, c.ID)))
		}
	}
	return t
}

func pageRow(inv *invocation, kind client.Kind, columns []fleet.Column, row fleet.Row) []cell {
	var cells []cell
	if inv.allNamespaces && kind.Namespaced {
		cells = append(cells, cell{text: row.Namespace})
	}
	cells = append(cells, cell{text: row.Name})
	for i, c := range columns {
		if ownColumn(c) {
			continue
		}
		var value any
		if i < len(row.Cells) {
			value = row.Cells[i]
		}
		cells = append(cells, formatCell(c, value, inv.now()))
	}
	return cells
}

// ownColumn says that a column repeats what each row has anyway.
func ownColumn(c fleet.Column) bool { return c.ID == "name" || c.ID == "namespace" }

func rowObjects(kind client.Kind, cluster string, page *fleet.Page) []object {
	objects := make([]object, len(page.Rows))
	for i, row := range page.Rows {
		objects[i] = object{kind: kind, ref: kube.Ref{Cluster: cluster, Resource: kind.Resource, Namespace: row.Namespace, Name: row.Name}}
	}
	return objects
}
