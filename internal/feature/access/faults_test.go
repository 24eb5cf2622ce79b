package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/testkit"
)

// A one-time link may be the only way in: a sign-in that could not be finished, because the
// rules cannot be had, does not use it up, and leaves no session that nobody has.
func TestUnfinishedSignInLosesNothing(t *testing.T) {
	s := newSuite(t)
	s.user("alice", "viewers")
	alice := must(s.findUser("alice"))
	url, _, err := s.newLink(context.Background(), alice)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(url, "#token=")
	sessions := func() int { return len(must(s.store.ofUser(context.Background(), "alice"))) }
	before := sessions()

	good := s.deps.Rules
	s.deps.Rules = func(string) (authz.Rules, error) {
		return nil, errs.New(errs.Unavailable, "the access rules are not loaded yet")
	}
	byLink := testkit.Scenario{Method: "POST", Path: "/api/v1/auth/sign-in-link", Body: `{"token":"` + token + `"}`}
	s.Scenarios.Run(t, []testkit.Scenario{
		with(byLink, "link while the rules are not loaded", 503, "not loaded"),
		with(byLink, "and again", 503, "not loaded"),
		with(signInAs("alice", goodPassword), "password while the rules are not loaded", 503, "not loaded"),
	})
	if n := sessions(); n != before {
		t.Errorf("%d sessions were left behind", n-before)
	}
	s.deps.Rules = good
	s.Scenarios.Run(t, []testkit.Scenario{
		with(byLink, "the link still works", 200),
		with(byLink, "once", 410),
	})
}

// A link that is given back does not come beside a newer one.
func TestOldLinkDoesNotComeBack(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	ctx, alice := context.Background(), must(s.findUser("alice"))
	url, _, err := s.newLink(ctx, alice)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(url, "#token=")
	old, ok, err := s.store.takeLink(ctx, hashSecret(token), s.now())
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, _, err := s.newLink(ctx, alice); err != nil {
		t.Fatal(err)
	}
	if err := s.store.giveLinkBack(ctx, old); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.store.takeLink(ctx, hashSecret(token), s.now()); ok || err != nil {
		t.Errorf("the replaced link works again: %v, %v", ok, err)
	}
}

// What the cluster says of Kubemate's own account is not told to who is not signed in.
func TestUnreadablePasswordsTellNothing(t *testing.T) {
	secrets := schema.GroupResource{Resource: "secrets"}
	for _, c := range []struct {
		err  error
		kind errs.Kind
		says string
	}{
		{apierrors.NewForbidden(secrets, "user-alice", errors.New(`User "kubemate-server" cannot get resource "secrets"`)), errs.Unavailable, "cannot be checked"},
		{apierrors.NewBadRequest("secret-of-the-cluster"), errs.Unavailable, "cannot be checked"},
		{apierrors.NewTooManyRequests("slow down", 3), errs.TooMany, "slow down"},
		{context.DeadlineExceeded, errs.Timeout, "in time"},
	} {
		var e *errs.Error
		if !errors.As(unreadable(kube.FromKube(c.err)), &e) || e.Kind != c.kind || !strings.Contains(e.Message, c.says) {
			t.Errorf("%v: %v", c.err, e)
			continue
		}
		for _, part := range []string{"user-alice", "kubemate-server", "secret-of"} {
			if strings.Contains(e.Message+e.Hint+e.Object, part) {
				t.Errorf("%v: tells %q", c.err, e.Message)
			}
		}
	}
}

// A session that is revoked between being read from the store and being kept in memory is over.
func TestRevokedWhileItIsLookedUp(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	ctx := context.Background()
	_, row, err := s.sessions.begin(ctx, must(s.findUser("alice")), kindToken, false, "1.2.3.4", "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.sessions.end(ctx, row.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.sessions.admit(ctx, row); errs.KindOf(err) != errs.Unauthenticated { // read just before
		t.Errorf("the session goes on: %v", err)
	}
	if s.sessions.byID[row.ID] != nil || s.sessions.byHash[row.hash] != nil {
		t.Error("the session is still in memory")
	}
}

// Clock steps: a clock set on ends sessions, one set back neither revives what has ended nor
// locks anybody out.
func TestClockSteps(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	session := testkit.Scenario{Method: "GET", Path: "/api/v1/auth/session", As: "alice"}
	s.clock.Turn(-3 * time.Hour)
	s.Scenarios.Run(t, []testkit.Scenario{
		with(session, "after a step back", 200),
		with(signInAs("alice", goodPassword), "sign-in after a step back", 200),
	})
	s.clock.Turn(48 * time.Hour)
	s.Scenarios.Run(t, []testkit.Scenario{with(session, "after a step on", 401, "session has ended")})
	s.sessions.sweep(context.Background(), true) // within half a second, and every ten minutes
	s.clock.Turn(-48 * time.Hour)
	s.Scenarios.Run(t, []testkit.Scenario{
		with(session, "what has ended stays so", 401),
		with(signInAs("alice", goodPassword), "sign-in", 200),
	})
}

// However many guesses come at once, no more are checked than are free.
func TestGuessesAtOnce(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	answers := make(chan int, 40)
	for range cap(answers) {
		go func() {
			resp, err := http.Post(s.URL+"/api/v1/auth/sign-in", "application/json", strings.NewReader(`{"username":"alice","password":"a wrong guess"}`))
			if err != nil {
				answers <- 0
				return
			}
			_ = resp.Body.Close()
			answers <- resp.StatusCode
		}()
	}
	checked := 0
	for range cap(answers) {
		if status := <-answers; status == 401 {
			checked++
		} else if status != 429 {
			t.Errorf("status %d", status)
		}
	}
	if checked > freeTriesUser {
		t.Errorf("%d guesses were checked", checked)
	}
}
