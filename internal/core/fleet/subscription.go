package fleet

import (
	"context"
	"strconv"
	"sync"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// The kinds of Update.
const (
	UpdatePage  = "page"  // Body is a Page; it replaces everything
	UpdatePatch = "patch" // Body holds the members epoch, prev, seq, total, facets?, set, del, order? without braces
	UpdateState = "state" // Body is a State
)

// Update is the next thing that a subscriber must be told. Equal subscribers share Body:
// it is not to be changed.
type Update struct {
	Kind string
	Seq  uint64
	Body []byte
}

// Resume says what page a returning subscriber still has; the zero value is "none".
type Resume struct {
	Epoch string
	Seq   uint64
}

// Subscription follows one query under one scope. What it delivers never depends on how
// fast it is asked: a slow subscriber gets fewer, larger steps, at last a whole page.
type Subscription struct {
	fleet  *Fleet
	scope  *authz.Scope
	query  Query
	notify func()

	mu     sync.Mutex
	plan   *plan
	group  *group
	resume Resume
	closed bool
	has    bool // a page was delivered
	seq    uint64
	states uint64
}

// Subscribe follows a query. notify is called after changes; it must not block, and must
// not call the Subscription. The errors are those of List.
func (f *Fleet) Subscribe(ctx context.Context, scope *authz.Scope, q Query, r Resume, notify func()) (*Subscription, error) {
	p, err := f.plan(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	s := &Subscription{fleet: f, scope: scope, query: q, notify: notify, plan: p, resume: r}
	s.group = f.groups.join(p, s)
	notify() // the group may have a page already
	return s, nil
}

// Next gives what the subscriber must be told next; false when there is nothing. It fails
// with errs.Gone when the kind is cached anew, for instance because its definition has
// changed: then Refresh.
func (s *Subscription) Next() (u Update, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.group
	if g.plan.member.dropped.Load() {
		return Update{}, false, errs.New(errs.Gone, "the table of %s is read anew", s.plan.member.kind.Resource)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.page == nil {
		return Update{}, false, nil
	}
	switch {
	case !s.has:
		u = s.first(g)
	case s.seq != g.page.seq:
		u = s.step(g)
	case s.states != g.states:
		u = Update{Kind: UpdateState, Seq: s.seq, Body: appendState(nil, g.state)}
		s.states = g.states
		return u, true, nil
	default:
		return Update{}, false, nil
	}
	s.has, s.seq = true, u.Seq
	return u, true, nil
}

// first resumes where the subscriber stopped if that is known, else gives the page.
func (s *Subscription) first(g *group) Update {
	if s.resume.Epoch != g.page.epoch {
		return s.whole(g)
	}
	s.seq = s.resume.Seq
	if s.seq == g.page.seq {
		body := appendString([]byte(`"epoch":`), g.page.epoch)
		body = strconv.AppendUint(append(body, `,"prev":`...), s.seq, 10)
		body = append(appendCounts(body, g.page.seq, g.page.total), `,"set":[],"del":[]`...)
		return Update{Kind: UpdatePatch, Seq: s.seq, Body: body}
	}
	return s.step(g)
}

// step gives the patch that follows the subscriber's page, else the page. A page may come to
// look as it did before: the last patch from there is the one that leads on.
func (s *Subscription) step(g *group) Update {
	for i := len(g.patches) - 1; i >= 0; i-- {
		if p := &g.patches[i]; p.prev == s.seq {
			return Update{Kind: UpdatePatch, Seq: p.seq, Body: p.body}
		}
	}
	return s.whole(g)
}

func (s *Subscription) whole(g *group) Update {
	s.states = g.states // the page holds the state
	return Update{Kind: UpdatePage, Seq: g.page.seq, Body: g.page.page(g.state)}
}

// Refresh evaluates the rights anew, after they or the kind have changed. When others are
// visible now, the next update is a whole page. The errors are those of List; then nothing
// more may be delivered.
func (s *Subscription) Refresh(ctx context.Context) error {
	p, err := s.fleet.plan(ctx, s.scope, s.query)
	if err != nil {
		return err
	}
	s.mu.Lock()
	old := s.group
	same := p.key() == s.plan.key() && p.member == s.plan.member
	s.mu.Unlock()
	if same {
		return nil
	}
	joined := s.fleet.groups.join(p, s)
	s.mu.Lock()
	s.plan, s.group, s.has, s.resume = p, joined, false, Resume{}
	closed := s.closed
	s.mu.Unlock()
	old.remove(s)
	if closed { // meanwhile: Close has left the old group only
		joined.remove(s)
		return nil
	}
	s.notify()
	return nil
}

// Cluster names the cluster of the query.
func (s *Subscription) Cluster() string { return s.query.Cluster }

// Close ends the subscription.
func (s *Subscription) Close() {
	s.mu.Lock()
	g := s.group
	s.closed = true
	s.mu.Unlock()
	g.remove(s)
}
