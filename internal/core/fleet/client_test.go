package fleet_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
)

// client is a reference client of subscriptions: it applies pages and patches as the
// contract says, and knows nothing else.
type client struct {
	t       *testing.T
	sub     *fleet.Subscription
	changed chan struct{}
	query   fleet.Query
	scope   *authz.Scope

	page  fleet.Page
	pages int
}

func follow(t *testing.T, f *fleet.Fleet, scope *authz.Scope, q fleet.Query, r fleet.Resume) *client {
	t.Helper()
	c := &client{t: t, changed: make(chan struct{}, 1)}
	q.Cluster = "local"
	sub, err := f.Subscribe(t.Context(), scope, q, r, func() {
		select {
		case c.changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.sub = sub
	t.Cleanup(sub.Close)
	return c
}

// take applies everything that is due.
func (c *client) take() {
	c.t.Helper()
	for {
		u, ok, err := c.sub.Next()
		if err != nil {
			c.t.Fatal(err)
		}
		if !ok {
			return
		}
		c.apply(u)
	}
}

func (c *client) apply(u fleet.Update) {
	c.t.Helper()
	switch u.Kind {
	case fleet.UpdatePage:
		c.page = fleet.Page{}
		c.decode(u.Body, &c.page)
		c.pages++
	case fleet.UpdateState:
		c.decode(u.Body, &c.page.State)
	case fleet.UpdatePatch:
		var p patch
		c.decode([]byte("{"+string(u.Body)+"}"), &p)
		c.patch(p)
	}
}

type patch struct {
	Epoch     string
	Prev, Seq uint64
	Total     int
	Facets    map[string]map[string]int
	Set       []fleet.Row
	Del       []string
	Order     []string
}

func (c *client) patch(p patch) {
	c.t.Helper()
	if p.Epoch != c.page.Epoch || p.Prev != c.page.Seq {
		c.t.Fatalf("patch %s/%d does not follow page %s/%d", p.Epoch, p.Prev, c.page.Epoch, c.page.Seq)
	}
	rows := map[string]fleet.Row{}
	var order []string
	for _, r := range c.page.Rows {
		rows[r.UID] = r
		order = append(order, r.UID)
	}
	for _, r := range p.Set {
		rows[r.UID] = r
	}
	for _, uid := range p.Del {
		delete(rows, uid)
	}
	if p.Order != nil {
		order = p.Order
	}
	c.page.Rows = []fleet.Row{}
	for _, uid := range order {
		if r, ok := rows[uid]; ok {
			c.page.Rows = append(c.page.Rows, r)
		}
	}
	if len(c.page.Rows) != len(rows) {
		c.t.Fatalf("the patch leaves %d rows, its order has %d", len(rows), len(c.page.Rows))
	}
	c.page.Seq, c.page.Total = p.Seq, p.Total
	if p.Facets != nil {
		c.page.Facets = p.Facets
	}
}

func (c *client) decode(raw []byte, into any) {
	c.t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		c.t.Fatalf("%v in %s", err, raw)
	}
}

// same compares what the client has with a fresh page; numbers of state and seq may differ.
func same(a, b fleet.Page) error {
	switch {
	case a.Total != b.Total:
		return fmt.Errorf("total %d, fresh %d", a.Total, b.Total)
	case !reflect.DeepEqual(a.Rows, b.Rows):
		return fmt.Errorf("rows %v, fresh %v", a.Rows, b.Rows)
	case !reflect.DeepEqual(a.Facets, b.Facets):
		return fmt.Errorf("facets %v, fresh %v", a.Facets, b.Facets)
	case !reflect.DeepEqual(a.Columns, b.Columns):
		return fmt.Errorf("columns %v, fresh %v", a.Columns, b.Columns)
	}
	return nil
}
