package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"kubemate.io/kubemate/internal/core/authz"
)

// List answers a query under a scope. Cells are as encoding/json decodes them: numbers are
// float64, a status is []any{tone, text}. Errors: errs.NotFound (cluster or kind),
// errs.Forbidden (nothing of the kind may be seen), errs.Invalid (the query).
func (f *Fleet) List(ctx context.Context, scope *authz.Scope, q Query) (*Page, error) {
	raw, err := f.ListJSON(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	var p Page
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("decode a page: %w", err)
	}
	return &p, nil
}

// ListJSON answers like List with the encoded Page. Callers don't change the bytes: equal
// questions at the same state share them.
func (f *Fleet) ListJSON(ctx context.Context, scope *authz.Scope, q Query) ([]byte, error) {
	p, err := f.plan(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	p.member.await(ctx)
	return f.encoded(p), nil
}

// Columns lists the columns that the caller may use for a kind, in the order of display.
func (f *Fleet) Columns(ctx context.Context, scope *authz.Scope, cluster, resource string) ([]Column, error) {
	cached, err := f.cache(cluster)
	if err != nil {
		return nil, err
	}
	m, err := cached.member(ctx, resource)
	if err != nil {
		return nil, err
	}
	return m.columns(ctx, scope, cluster)
}

// await waits for the first list, a few seconds at most: then a page says "loading".
func (m *member) await(ctx context.Context) {
	select {
	case <-m.phase.first:
		return
	default:
	}
	timer := m.phase.timer(firstList)
	defer timer.Stop()
	select {
	case <-m.phase.first:
	case <-ctx.Done():
	case <-timer.C():
	}
}

// encoded gives the page, from the pages encoded last if nothing has changed since.
func (f *Fleet) encoded(p *plan) []byte {
	state := p.member.phase.state()
	key := p.key()
	p.member.store.mu.RLock()
	seq := p.member.store.seq
	p.member.store.mu.RUnlock()
	stamp := stamp{p.member.store.epoch, seq, state}
	if body, ok := f.pages.get(key, stamp); ok && !p.moving() {
		return body
	}
	var body []byte
	p.evaluate(f.clock.Now(), func(v *view) {
		stamp.seq = v.seq
		body = p.encodePage(v, state)
	})
	f.pages.put(key, stamp, body)
	return body
}

// moving says that the answer changes with time alone, by a filter on an age.
func (p *plan) moving() bool {
	for _, f := range p.filters {
		if f.ages {
			return true
		}
	}
	return false
}

func (p *plan) encodePage(v *view, state State) []byte {
	rest := p.appendColumns(make([]byte, 0, 1024+len(v.slots)*160))
	content := p.member.store.content(v.total, rest)
	rest = append(rest, `,"rows":[`...)
	for i, slot := range v.slots {
		if i > 0 {
			rest = append(rest, ',')
		}
		from := len(rest)
		rest = p.appendRow(rest, slot)
		content.add(rest[from:])
	}
	rest = append(rest, `],"facets":`...)
	from := len(rest)
	rest = p.appendFacets(rest, v.facets)
	content.add(rest[from:])
	rest = append(rest, `,"state":`...)
	rest = append(appendState(rest, state), '}')
	b := p.appendLead(make([]byte, 0, len(rest)+128))
	return append(appendCounts(b, content.seq(), v.total), rest...)
}

func appendState(b []byte, s State) []byte {
	b = appendString(append(b, `{"phase":`...), s.Phase)
	b = strconv.AppendInt(append(b, `,"since":`...), s.Since, 10)
	if s.Cause != "" {
		b = appendString(append(b, `,"cause":`...), s.Cause)
	}
	return append(b, '}')
}

const cachedPages = 256

// stamp is the state of a store that a page shows.
type stamp struct {
	epoch string
	seq   uint64
	state State
}

// pageCache keeps the pages encoded last. The key holds the whole visible set, so nobody
// is ever given a page of somebody who sees other things.
type pageCache struct {
	mu    sync.Mutex
	pages map[string]cachedPage
}

type cachedPage struct {
	stamp stamp
	body  []byte
}

func (c *pageCache) get(key string, s stamp) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.pages[key]
	return p.body, ok && p.stamp == s
}

func (c *pageCache) put(key string, s stamp, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[string]cachedPage{}
	}
	if _, ok := c.pages[key]; !ok && len(c.pages) >= cachedPages {
		for old := range c.pages { // any one: what is asked for often comes back
			delete(c.pages, old)
			break
		}
	}
	c.pages[key] = cachedPage{s, body}
}
