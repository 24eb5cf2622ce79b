package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/coder/websocket"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/jobs"
)

// liveProtocol is the subprotocol of live views.
const liveProtocol = "kubemate.live.v1"

// liveMessage is what a live view sends; each op uses its own members.
type liveMessage struct {
	Op      string          `json:"op"`
	ID      string          `json:"id"`
	Page    *fleet.Page     `json:"page"`
	Set     []fleet.Row     `json:"set"`
	Del     []string        `json:"del"`
	State   *fleet.State    `json:"state"`
	Problem *liveProblem    `json:"problem"`
	Reason  string          `json:"reason"`
	Job     *jobs.Job       `json:"job"`
	Seq     uint64          `json:"seq"`
	Prev    uint64          `json:"prev"`
	Epoch   string          `json:"epoch"`
	Detail  json.RawMessage `json:"detail"`
}

type liveProblem struct {
	Code   errs.Kind `json:"code"`
	Detail string    `json:"detail"`
	Hint   string    `json:"hint"`
}

func (p *liveProblem) err() error {
	e := errs.New(p.Code, "%s", p.Detail)
	e.Hint = p.Hint
	return e
}

// subscribe opens a live view of one subscription and gives its messages to take, until that
// says stop, the view ends or ctx does.
func (inv *invocation) subscribe(ctx context.Context, subscription map[string]any, take func(liveMessage) (stop bool, err error)) error {
	conn, err := inv.client.WebSocket(ctx, "/live", nil, liveProtocol)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	subscription["op"], subscription["id"] = "sub", "1"
	request, err := json.Marshal(subscription)
	if err != nil {
		return fmt.Errorf("encode subscription: %w", err)
	}
	if err := conn.Write(ctx, websocket.MessageText, request); err != nil {
		return client.CloseError(err)
	}
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return client.CloseError(err)
		}
		var m liveMessage
		if err := json.Unmarshal(raw, &m); err != nil {
			return errs.New(errs.BadUpstream, "the live view sent what is not understood").Wrap(err)
		}
		switch m.Op {
		case "error":
			if m.Problem != nil {
				return m.Problem.err()
			}
			return errs.New(errs.Internal, "the live view ended")
		case "bye":
			return errs.New(errs.Unavailable, "the server ended the live view: %s", m.Reason).WithHint("run the command again")
		}
		if stop, err := take(m); stop || err != nil {
			return err
		}
	}
}

// watcher prints a list and then each change.
type watcher struct {
	inv     *invocation
	listing *listing
	object  object
	page    *fleet.Page
	known   map[string]fleet.Row
}

// follow is get -w.
func (l *listing) follow(ctx context.Context, inv *invocation, o object) error {
	if inv.output == "yaml" {
		return usage("-w prints a table, names, or with -o json one line per change")
	}
	w := &watcher{inv: inv, listing: l, object: o, known: map[string]fleet.Row{}}
	query, err := l.liveQuery(inv, o)
	if err != nil {
		return err
	}
	if err = inv.subscribe(ctx, map[string]any{"query": query}, w.take); ctx.Err() == nil {
		return err
	}
	return nil // Ctrl-C is how one ends a watch
}

// liveQuery is query, in the shape that a live view wants.
func (l *listing) liveQuery(inv *invocation, o object) (*fleet.Query, error) {
	q := &fleet.Query{
		Cluster: inv.cluster, Resource: o.ref.Resource, Text: firstOf(l.text, o.ref.Name), Labels: l.selector,
		Sort: l.sort, Desc: l.desc, Limit: pageSize,
	}
	if o.kind.Namespaced && !inv.allNamespaces {
		q.Namespaces = []string{inv.namespace}
	}
	if inv.output == "wide" {
		q.Columns = allColumns(o.kind)
	}
	for _, text := range l.filters {
		f, err := parseFilter(text)
		if err != nil {
			return nil, err
		}
		q.Filters = append(q.Filters, f)
	}
	return q, nil
}

// parseFilter reads "status=Running,Pending" or "restarts>5".
func parseFilter(text string) (fleet.Filter, error) {
	at := strings.IndexAny(text, "=!<>")
	if at > 0 {
		f := fleet.Filter{Column: strings.TrimSpace(text[:at])}
		for _, op := range []string{"!=", ">=", "<=", "=", ">", "<"} {
			rest, ok := strings.CutPrefix(text[at:], op)
			if !ok {
				continue
			}
			f.Op = op
			if op == "=" || op == "!=" {
				f.Values = strings.Split(rest, ",")
			} else {
				f.Values = []string{strings.TrimSpace(rest)}
			}
			return f, nil
		}
	}
	return fleet.Filter{}, usage("--filter %q is not understood; write for instance status=Running,Pending or restarts>5", text)
}

// take prints one message.
func (w *watcher) take(m liveMessage) (bool, error) {
	switch m.Op {
	case "page":
		if m.Page == nil {
			return false, nil
		}
		first := w.page == nil
		w.page = m.Page
		gone := w.known
		w.known = map[string]fleet.Row{}
		var fresh []fleet.Row
		for _, row := range m.Page.Rows {
			before, had := gone[row.UID]
			delete(gone, row.UID)
			w.known[row.UID] = row
			if w.wanted(row) && (!had || !sameRow(before, row)) {
				fresh = append(fresh, row)
			}
		}
		if err := w.print(fresh, "", first); err != nil {
			return false, err
		}
		return false, w.printGone(gone)
	case "patch":
		var fresh []fleet.Row
		for _, row := range m.Set {
			w.known[row.UID] = row
			if w.wanted(row) {
				fresh = append(fresh, row)
			}
		}
		if err := w.print(fresh, "", false); err != nil {
			return false, err
		}
		gone := map[string]fleet.Row{}
		for _, uid := range m.Del {
			if row, ok := w.known[uid]; ok {
				gone[uid] = row
				delete(w.known, uid)
			}
		}
		return false, w.printGone(gone)
	case "state":
		if m.State != nil && m.State.Phase == "stale" {
			w.inv.remark("contact to cluster %s is lost: %s", w.inv.cluster, m.State.Cause)
		}
	}
	return false, nil
}

func sameRow(a, b fleet.Row) bool { return fmt.Sprint(a.Cells) == fmt.Sprint(b.Cells) }

func (w *watcher) wanted(row fleet.Row) bool {
	return w.object.ref.Name == "" || row.Name == w.object.ref.Name
}

func (w *watcher) printGone(rows map[string]fleet.Row) error {
	for _, row := range rows {
		if !w.wanted(row) {
			continue
		}
		if err := w.print([]fleet.Row{row}, "gone", false); err != nil {
			return err
		}
	}
	return nil
}

// print shows rows; what says why, "" for new or changed.
func (w *watcher) print(rows []fleet.Row, what string, first bool) error {
	inv := w.inv
	switch inv.output {
	case "json":
		out := bufio.NewWriter(inv.out)
		encoder := json.NewEncoder(out)
		for _, row := range rows {
			change := map[string]any{"change": firstOf(what, "set"), "uid": row.UID, "namespace": row.Namespace, "name": row.Name}
			for i, c := range w.page.Columns {
				if i < len(row.Cells) && !ownColumn(c) {
					change[c.ID] = row.Cells[i]
				}
			}
			if err := encoder.Encode(change); err != nil {
				return err
			}
		}
		return out.Flush()
	case "name":
		for _, row := range rows {
			o := w.object
			o.ref.Name = row.Name
			fmt.Fprintln(inv.out, strings.TrimSpace(o.label()+" "+what))
		}
		return nil
	}
	t := pageTable(inv, w.object.kind, w.page.Columns)
	for _, row := range rows {
		cells := pageRow(inv, w.object.kind, w.page.Columns, row)
		if what != "" {
			cells = markGone(t, cells, what)
		}
		t.rows = append(t.rows, cells)
	}
	return t.printWatched(inv.out, first)
}

// markGone puts the word into the status column, or after the name where there is none.
func markGone(t *table, cells []cell, what string) []cell {
	for i, title := range t.head {
		if title == "STATUS" {
			cells[i] = cell{text: what, tone: toneNeutral}
			return cells
		}
	}
	cells[len(cells)-1] = cell{text: what, tone: toneNeutral}
	return cells
}
