package access

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/testkit"
)

func TestSignIn(t *testing.T) {
	s := newSuite(t)
	s.user("alice", "viewers")
	s.user("mallory", "viewers")
	disabled := true
	mallory, _ := s.directory.get("mallory")
	if _, err := s.directory.update(context.Background(), userChange{Disabled: &disabled}.on(mallory)); err != nil {
		t.Fatal(err)
	}
	const wrong = "user name or password is wrong"
	s.Scenarios.Run(t, []testkit.Scenario{
		{Name: "nobody", Method: "GET", Path: "/api/v1/auth/session", Status: 401},
		{Name: "a forged token", Method: "GET", Path: "/api/v1/auth/session", Header: map[string]string{"Authorization": "Bearer kmt_AAAA"}, Status: 401},
		{Name: "another scheme", Method: "GET", Path: "/api/v1/auth/session", Header: map[string]string{"Authorization": "Basic YWxpY2U6eA=="}, Status: 401},
		{Name: "the session of a disabled user", Method: "GET", Path: "/api/v1/auth/session", As: "mallory", Status: 401},
		with(signInAs("alice", "wrong password 1"), "wrong password", 401, wrong),
		with(signInAs("nobody", goodPassword), "unknown user", 401, wrong),
		with(signInAs("mallory", goodPassword), "disabled user", 401, wrong),
		with(signInAs("../../etc", goodPassword), "odd name", 401, wrong),
		with(signInAs("system:admin", goodPassword), "name of the system", 401, wrong),
		with(signInAs("admin", "x"), "no password yet", 401, wrong),
		with(signInAs("ALICE", goodPassword), "other case", 401, wrong),
		with(signInAs("alice", goodPassword), "right", 200, `"csrf"`, `"name":"alice"`, `"via":"cookie"`),
		with(signInAs("alice", goodPassword, "X-Kubemate-Client", "cli"), "right, as a program", 200, `"token":"kmt_`, `"via":"token"`),
		{Name: "session", Method: "GET", Path: "/api/v1/auth/session", As: "alice", Status: 200, Want: []string{`"groups":["viewers"]`, `"overview"`, `"version":"test"`}, Not: []string{`"users"`, `"govern"`, "csrf"}},
	})
}

func with(row testkit.Scenario, name string, status int, want ...string) testkit.Scenario {
	row.Name, row.Status, row.Want = name, status, want
	return row
}

func TestCookieIsProtected(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	resp := s.Do(t, signInAs("alice", goodPassword))
	_ = resp.Body.Close()
	cookies := resp.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Path != "/" || cookies[0].MaxAge <= 0 {
		t.Fatalf("cookies %+v", cookies)
	}
	s.deps.Secure, s.deps.BasePath = true, "/kube"
	resp = s.Do(t, signInAs("alice", goodPassword))
	_ = resp.Body.Close()
	if c := resp.Cookies()[0]; !c.Secure || c.Path != "/kube/" {
		t.Errorf("cookie over TLS %+v", c)
	}
}

// Fixation: what a client brings never becomes a session, and each sign-in makes a new one.
func TestSessionIsNotFixed(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	planted := "kms_" + strings.Repeat("A", 43)
	resp := s.Do(t, signInAs("alice", goodPassword, "Cookie", "kubemate_session="+planted))
	_ = resp.Body.Close()
	got := resp.Cookies()[0].Value
	if got == planted {
		t.Error("the planted session was taken over")
	}
	b := &browser{s: s, cookie: "kubemate_session=" + planted}
	if status := b.status("GET", "/api/v1/auth/session", ""); status != 401 {
		t.Errorf("the planted session answers %d", status)
	}
	resp = s.Do(t, signInAs("alice", goodPassword, "Cookie", "kubemate_session="+got))
	_ = resp.Body.Close()
	if resp.Cookies()[0].Value == got {
		t.Error("a second sign-in kept the session")
	}
}

func TestTamperedCookies(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	alice := s.visit("alice")
	if status := alice.status("GET", "/api/v1/auth/session", ""); status != 200 {
		t.Fatalf("the cookie itself: %d", status)
	}
	value := strings.TrimPrefix(alice.cookie, "kubemate_session=")
	for _, bad := range []string{
		"", value[:len(value)-1], value + "A", strings.ToUpper(value), "kmt_" + value[4:], value[4:], hashSecret(value), "'; DROP TABLE sessions; --", "kms_' OR 1=1 --",
	} {
		b := &browser{s: s, cookie: "kubemate_session=" + bad}
		if status := b.status("GET", "/api/v1/auth/session", ""); status != 401 {
			t.Errorf("cookie %q: %d", bad, status)
		}
	}
}

func TestChangesByCookieNeedTheToken(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	alice, other := s.visit("alice"), s.visit("alice")
	for name, csrf := range map[string]string{"none": "", "of another session": other.csrf, "made up": "x"} {
		b := &browser{s: s, cookie: alice.cookie, csrf: csrf}
		if status := b.status("POST", "/api/v1/auth/sign-out", ""); status != 403 {
			t.Errorf("token %s: %d", name, status)
		}
	}
	if status := alice.status("POST", "/api/v1/auth/sign-out", "", "Origin", "https://evil.example"); status != 403 {
		t.Errorf("from another origin: %d", status)
	}
	if status := alice.status("POST", "/api/v1/auth/sign-out", ""); status != 204 {
		t.Errorf("with the token: %d", status)
	}
	if status := alice.status("GET", "/api/v1/auth/session", ""); status != 401 {
		t.Errorf("after signing out: %d", status)
	}
}

func TestOneTimeLink(t *testing.T) {
	s := newSuite(t)
	ctx := context.Background()
	if _, err := s.directory.create(ctx, user{Name: "carol", Groups: []string{"viewers"}}); err != nil {
		t.Fatal(err)
	}
	carol, _ := s.directory.get("carol")
	link := func() string {
		url, expires, err := s.newLink(ctx, carol)
		if err != nil || expires.Sub(s.now()) != linkTime || !strings.HasPrefix(url, "http://kubemate.test/sign-in/link#token=kml_") {
			t.Fatalf("%s %s %v", url, expires, err)
		}
		_, token, _ := strings.Cut(url, "#token=")
		return `{"token":"` + token + `"}`
	}
	use := func(body string) int { return (&browser{s: s}).status("POST", "/api/v1/auth/sign-in-link", body) }

	replaced := link()
	late := link()
	if use(replaced) != 410 {
		t.Error("a replaced link works")
	}
	s.clock.Turn(linkTime + time.Second)
	if use(late) != 410 {
		t.Error("a link works after its time")
	}
	once := link()
	results := make(chan int, 8)
	for range cap(results) { // eight at the same time: one gets in
		go func() {
			req, _ := http.NewRequest("POST", s.URL+"/api/v1/auth/sign-in-link", strings.NewReader(once))
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				results <- 0
				return
			}
			_ = resp.Body.Close()
			results <- resp.StatusCode
		}()
	}
	in := 0
	for range cap(results) {
		if status := <-results; status == 200 {
			in++
		} else if status != 410 && status != 429 {
			t.Errorf("status %d", status)
		}
	}
	if in != 1 {
		t.Errorf("the link let %d in", in)
	}
}

func TestPasswordMustBeSetFirst(t *testing.T) {
	s := newSuite(t)
	b := s.visit("admin")
	if status := b.status("GET", "/api/v1/users", ""); status != 403 {
		t.Errorf("users before a password is set: %d", status)
	}
	if status := b.status("POST", "/api/v1/auth/password", `{"new":"password1234"}`); status != 422 {
		t.Errorf("a common password: %d", status)
	}
	if status := b.status("POST", "/api/v1/auth/password", `{"new":"`+goodPassword+`"}`); status != 204 {
		t.Fatalf("a good password: %d", status)
	}
	if status := b.status("GET", "/api/v1/users", ""); status != 200 {
		t.Errorf("users afterwards: %d", status)
	}
	if status := b.status("POST", "/api/v1/auth/password", `{"new":"tramway-lilac-57-otter"}`); status != 422 {
		t.Errorf("a second change without the current password: %d", status)
	}
	secret, err := s.admin.CoreV1().Secrets(systemNamespace).Get(context.Background(), "user-admin", metav1.GetOptions{})
	if err != nil || !strings.HasPrefix(string(secret.Data[hashKey]), "$argon2id$") || strings.Contains(string(secret.Data[hashKey]), goodPassword) {
		t.Errorf("secret %v, %v", secret, err)
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	b := &browser{s: s}
	b.csrf = decode[Session](t, b.do("POST", "/api/v1/auth/sign-in", `{"username":"alice","password":"`+goodPassword+`"}`), 200).CSRF
	if status := b.status("POST", "/api/v1/auth/password", `{"current":"wrong","new":"tramway-lilac-57-otter"}`); status != 422 {
		t.Errorf("wrong current password: %d", status)
	}
	if status := b.status("POST", "/api/v1/auth/password", `{"current":"`+goodPassword+`","new":"tramway-lilac-57-otter"}`); status != 204 {
		t.Fatalf("status %d", status)
	}
	s.Scenarios.Run(t, []testkit.Scenario{{Name: "the other session has ended", Method: "GET", Path: "/api/v1/auth/session", As: "alice", Status: 401}})
	if status := b.status("GET", "/api/v1/auth/session", ""); status != 200 {
		t.Errorf("this session: %d", status)
	}
	if s.token("alice", "tramway-lilac-57-otter") == "" {
		t.Error("the new password does not work")
	}
}

func TestBruteForceIsSlowed(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	for range freeTriesUser {
		s.Scenarios.Run(t, []testkit.Scenario{with(signInAs("alice", "guess"), "guess", 401)})
	}
	s.Scenarios.Run(t, []testkit.Scenario{
		with(signInAs("alice", goodPassword), "even the right password waits", 429, "retryAfterSeconds"),
		with(signInAs("ghost", "guess"), "another name", 401),
	})
	for range freeTriesUser - 1 {
		s.Scenarios.Run(t, []testkit.Scenario{with(signInAs("ghost", "guess"), "guess", 401)})
	}
	s.Scenarios.Run(t, []testkit.Scenario{with(signInAs("ghost", "guess"), "an unknown name is slowed alike", 429, "retryAfterSeconds")})
	s.clock.Turn(longestWait + time.Second)
	s.Scenarios.Run(t, []testkit.Scenario{with(signInAs("alice", goodPassword), "after the wait", 200)})
}

// Unknown, disabled and password-less users cost the work of a hash like everybody: with no
// turn to hash free, none of them is answered.
func TestUnknownUsersCostTheSameWork(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	for range cap(s.hasher.running) {
		s.hasher.running <- struct{}{}
	}
	for _, name := range []string{"alice", "admin", "nobody", "odd name!"} {
		ctx, cancel := context.WithCancel(context.Background())
		answered := make(chan error, 1)
		go func() {
			_, _, err := s.signIn(ctx, name, "wrong password 1", visitor{remote: "1.2.3.4", kind: kindCookie})
			answered <- err
		}()
		testkit.Eventually(t, name+" waits for a turn", func() bool { return len(s.hasher.waiting) == 1 })
		cancel()
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	idle, b := s.visit("alice"), s.visit("alice")
	s.clock.Turn(idleTime - time.Minute)
	if status := b.status("GET", "/api/v1/auth/session", ""); status != 200 {
		t.Fatalf("in use: %d", status)
	}
	s.clock.Turn(2 * time.Minute)
	if status := idle.status("GET", "/api/v1/auth/session", ""); status != 401 {
		t.Errorf("unused for twelve hours: %d", status)
	}
	s.clock.Turn(11 * time.Hour)
	if status := b.status("GET", "/api/v1/auth/session", ""); status != 200 {
		t.Errorf("used within a day: %d", status)
	}
	s.clock.Turn(time.Hour)
	if status := b.status("GET", "/api/v1/auth/session", ""); status != 401 {
		t.Errorf("after a day: %d", status)
	}
}

func TestStreamsHearOfTheEnd(t *testing.T) {
	s := newSuite(t)
	for name, end := range map[string]func(id string){
		"revoked":  func(id string) { _ = s.sessions.end(context.Background(), id) },
		"run out":  func(string) { s.clock.Turn(25 * time.Hour) },
		"disabled": func(string) { s.change("alice", userChange{Disabled: ptr(true)}) },
		"groups":   func(string) { s.change("alice", userChange{Groups: &[]string{"viewers"}}) },
		"deleted":  func(string) { _ = s.directory.delete(context.Background(), must(s.findUser("alice"))) },
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := s.directory.get("alice"); ok {
				if err := s.directory.delete(context.Background(), must(s.findUser("alice"))); err != nil {
					t.Fatal(err)
				}
			}
			s.user("alice")
			b := s.visit("alice")
			if status := b.status("GET", "/api/v1/auth/session", ""); status != 200 {
				t.Fatalf("status %d", status)
			}
			rows, err := s.store.ofUser(context.Background(), "alice")
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(rows, func(r sessionRow) bool { return r.kind == kindCookie })
			ended, changed := s.Authenticator().Ended(rows[i].ID), s.Changed(rows[i].ID)
			select {
			case <-ended:
				t.Fatal("ended before its end")
			default:
			}
			end(rows[i].ID)
			select {
			case <-changed:
			case <-time.After(time.Minute):
				t.Fatal("the stream was not told")
			}
			if name == "groups" {
				id, ok := s.sessions.Identity(rows[i].ID)
				if !ok || !slices.Equal(id.Groups, []string{"viewers"}) {
					t.Errorf("identity %+v %v", id, ok)
				}
				if isClosed(ended) {
					t.Error("a change of groups ended the session")
				}
				return
			}
			select {
			case <-ended:
			case <-time.After(time.Minute):
				t.Fatal("the session has not ended")
			}
			if _, ok := s.sessions.Identity(rows[i].ID); ok {
				t.Error("the session has an identity after its end")
			}
		})
	}
	select {
	case <-s.Authenticator().Ended("no-such-session"):
	default:
		t.Error("an unknown session has not ended")
	}
}

// isClosed says whether a channel is closed.
func isClosed(closed <-chan struct{}) bool {
	select {
	case <-closed:
		return true
	default:
		return false
	}
}

func (s *suite) change(name string, c userChange) {
	s.t.Helper()
	if _, err := s.directory.update(context.Background(), c.on(must(s.findUser(name)))); err != nil {
		s.t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSessionsListAndRevoke(t *testing.T) {
	s := newSuite(t)
	s.user("alice")
	s.user("bob")
	b := s.visit("alice")
	type list struct{ Sessions []SessionInfo }
	all := decode[list](t, b.do("GET", "/api/v1/auth/sessions", ""), 200).Sessions
	if len(all) != 2 || !slices.ContainsFunc(all, func(i SessionInfo) bool { return i.Current && i.Via == "cookie" }) {
		t.Fatalf("%+v", all)
	}
	other := all[slices.IndexFunc(all, func(i SessionInfo) bool { return !i.Current })].ID
	bob := s.visit("bob")
	if status := bob.status("DELETE", "/api/v1/auth/sessions/"+other, ""); status != 404 {
		t.Errorf("somebody else's session: %d", status)
	}
	if status := b.status("DELETE", "/api/v1/auth/sessions/"+other, ""); status != 204 {
		t.Errorf("revoke: %d", status)
	}
	s.Scenarios.Run(t, []testkit.Scenario{{Name: "revoked", Method: "GET", Path: "/api/v1/auth/session", As: "alice", Status: 401}})
}
