package fleet

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// The limits of a query, so that none can cost more than a scan of the kind.
const (
	defaultLimit  = 100
	maxLimit      = 500
	maxText       = 200
	maxLabels     = 4096
	maxFilters    = 32
	maxValues     = 200
	maxNamespaces = 1000
	maxColumns    = 64
)

// plan is a query that has been checked against its kind and its caller's rights.
type plan struct {
	query   Query
	member  *member
	visible authz.Visible // already narrowed to the namespaces asked for
	scope   string        // the same for equal visible sets
	columns []int         // fields to show
	facets  []int         // fields to count
	order   order
	text    string // lower case
	labels  labels.Selector
	filters []filter
	limit   int
	usage   *usage
}

// plan checks a query. Unknown columns, bad selectors and limits out of range are
// errs.Invalid; a kind of which the caller may see nothing is errs.Forbidden.
func (f *Fleet) plan(ctx context.Context, scope *authz.Scope, q Query) (*plan, error) {
	cached, err := f.cache(q.Cluster)
	if err != nil {
		return nil, err
	}
	kind, err := cached.cluster.Kind(ctx, q.Resource)
	if err != nil {
		return nil, err
	}
	q.Resource = kind.Resource
	p := &plan{query: q}
	// First the rights: who may see nothing of a kind must not make it be watched.
	if p.visible, err = visible(ctx, scope, kind, q); err != nil {
		return nil, err
	}
	if p.member, err = cached.member(ctx, kind.Resource); err != nil {
		return nil, err
	}
	p.scope = scopeKey(p.visible)
	allowed, err := p.usable(ctx, scope)
	if err != nil {
		return nil, err
	}
	if err := p.check(allowed); err != nil {
		return nil, err
	}
	p.usage = &cached.usage
	p.measure()
	return p, nil
}

// measure keeps the polling of usage alive for the kinds that show it.
func (p *plan) measure() {
	if r := p.member.kind.Resource; r == "pods" || r == "nodes" || r == "namespaces" {
		p.usage.need()
	}
}

// visible is what the caller may list, narrowed to the namespaces of the query.
func visible(ctx context.Context, scope *authz.Scope, kind kube.Kind, q Query) (authz.Visible, error) {
	v, err := scope.Visible(ctx, q.Cluster, "list", kind.Group, kind.Plural)
	if err != nil {
		return authz.Visible{}, err
	}
	if len(q.Namespaces) > maxNamespaces {
		return authz.Visible{}, errs.New(errs.Invalid, "%d namespaces are too many; at most %d", len(q.Namespaces), maxNamespaces)
	}
	if kind.Namespaced && len(q.Namespaces) > 0 {
		v = narrow(v, q.Namespaces)
	}
	if v.Empty() {
		a := authz.Attributes{Verb: "list", Group: kind.Group, Resource: kind.Plural}
		if len(q.Namespaces) == 1 && kind.Namespaced {
			a.Namespace = q.Namespaces[0]
		}
		return v, errs.New(errs.Forbidden, "%s may not %s in cluster %s", scope.Identity().User, a, q.Cluster).
			WithHint("ask a platform admin for a role that allows %q", a.String())
	}
	return v, nil
}

// narrow keeps of v only what lies in the namespaces.
func narrow(v authz.Visible, namespaces []string) authz.Visible {
	out := authz.Visible{Namespaces: map[string]struct{}{}}
	for _, n := range namespaces {
		if _, ok := v.Namespaces[n]; v.All || ok {
			out.Namespaces[n] = struct{}{}
			continue
		}
		names := map[string]struct{}{}
		for _, in := range []string{n, ""} {
			for name := range v.Names[in] {
				names[name] = struct{}{}
			}
		}
		if len(names) > 0 {
			if out.Names == nil {
				out.Names = map[string]map[string]struct{}{}
			}
			out.Names[n] = names
		}
	}
	return out
}

// scopeKey is one string per visible set; it is exact, not a hash, because equal keys share pages.
func scopeKey(v authz.Visible) string {
	if v.All {
		return "*"
	}
	var b strings.Builder
	for _, n := range v.SortedNamespaces() {
		b.WriteString(strconv.Quote(n))
	}
	for _, n := range sortedKeys(v.Names) {
		b.WriteString("|" + strconv.Quote(n))
		for _, name := range sortedKeys(v.Names[n]) {
			b.WriteString(strconv.Quote(name))
		}
	}
	return b.String()
}

// usable lists the fields that the caller may use: a field made from another kind needs the
// right to see every object of that kind.
func (p *plan) usable(ctx context.Context, scope *authz.Scope) ([]bool, error) {
	fields := p.member.store.fields
	out := make([]bool, len(fields))
	whole := map[string]bool{}
	for i := range fields {
		need := fields[i].needs
		if need == "" {
			out[i] = true
			continue
		}
		all, known := whole[need]
		if !known {
			plural, group, _ := strings.Cut(need, ".")
			v, err := scope.Visible(ctx, p.query.Cluster, "list", group, plural)
			if err != nil {
				return nil, err
			}
			all = v.All
			whole[need] = all
		}
		out[i] = all
	}
	return out, nil
}

func (p *plan) check(usable []bool) error {
	q := &p.query
	switch {
	case q.Offset < 0:
		return errs.New(errs.Invalid, "offset %d is negative", q.Offset).WithField("offset", "must be 0 or more")
	case q.Limit < 0 || q.Limit > maxLimit:
		return errs.New(errs.Invalid, "limit %d is out of range", q.Limit).
			WithField("limit", "must be 1 to 500").WithHint("use offset for more")
	case len(q.Text) > maxText:
		return errs.New(errs.Invalid, "the search text is longer than %d bytes", maxText).WithField("q", "too long")
	case len(q.Filters) > maxFilters:
		return errs.New(errs.Invalid, "%d filters are too many; at most %d", len(q.Filters), maxFilters)
	case len(q.Columns) > maxColumns:
		return errs.New(errs.Invalid, "%d columns are too many; at most %d", len(q.Columns), maxColumns)
	}
	if p.limit = q.Limit; p.limit == 0 {
		p.limit = defaultLimit
	}
	p.text = strings.ToLower(strings.TrimSpace(q.Text))
	if err := p.checkLabels(); err != nil {
		return err
	}
	if err := p.checkColumns(usable); err != nil {
		return err
	}
	return p.checkFilters(usable)
}

func (p *plan) checkLabels() error {
	if p.query.Labels == "" {
		return nil
	}
	if len(p.query.Labels) > maxLabels {
		return errs.New(errs.Invalid, "the label selector is longer than %d bytes", maxLabels).WithField("labels", "too long")
	}
	selector, err := labels.Parse(p.query.Labels)
	if err != nil {
		return errs.New(errs.Invalid, "the label selector %q cannot be read: %v", p.query.Labels, err).
			WithField("labels", err.Error()).WithHint("for instance app=teller,tier!=cache or \"env in (a, b)\"")
	}
	p.labels = selector
	return nil
}

func (p *plan) checkColumns(usable []bool) error {
	s := p.member.store
	display := slices.DeleteFunc(s.display(), func(i int) bool { return !usable[i] })
	if len(p.query.Columns) == 0 {
		p.columns = slices.DeleteFunc(slices.Clone(display), func(i int) bool { return s.fields[i].Wide })
	}
	for _, id := range p.query.Columns {
		i := s.fieldIndex(id)
		if i < 0 || !slices.Contains(display, i) {
			return p.unknown("columns", id, display)
		}
		p.columns = append(p.columns, i)
	}
	p.order = order{col: nameField, desc: p.query.Desc}
	if p.query.Sort != "" {
		i := s.fieldIndex(p.query.Sort)
		sortable := slices.DeleteFunc(slices.Clone(display), func(i int) bool { return !s.fields[i].Sortable })
		if i < 0 || !slices.Contains(sortable, i) {
			return p.unknown("sort", p.query.Sort, sortable)
		}
		p.order.col = i
	}
	for i := range s.fields {
		if s.fields[i].Facet && usable[i] {
			p.facets = append(p.facets, i)
		}
	}
	return nil
}

// unknown names a column that cannot be used, and those that can.
func (p *plan) unknown(where, id string, instead []int) error {
	ids := make([]string, len(instead))
	for i, f := range instead {
		ids[i] = p.member.store.fields[f].ID
	}
	sort.Strings(ids)
	if len(id) > 64 {
		id = id[:64] + "…"
	}
	return errs.New(errs.Invalid, "%s has no column %q to use in %s", p.member.kind.Resource, id, where).
		WithField(where, "unknown column").WithHint("use one of: %s", strings.Join(ids, ", ")).WithExtra("columns", ids)
}

// key is the same for queries that give the same page under the same visible set.
func (p *plan) key() string {
	raw, err := json.Marshal(p.query)
	if err != nil {
		return "" // a Query always has a JSON form
	}
	ids := make([]byte, 0, 4*len(p.columns))
	for _, c := range p.columns {
		ids = strconv.AppendInt(append(ids, ','), int64(c), 10)
	}
	for _, c := range p.facets {
		ids = strconv.AppendInt(append(ids, '+'), int64(c), 10)
	}
	return p.scope + "\x00" + string(raw) + string(ids)
}
