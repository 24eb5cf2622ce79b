package kube

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Credentials that expired or were revoked are named as the reason, and renewed ones are taken
// up without a restart, for the caches and for users.
func TestRenewedCredentialsAreTakenUp(t *testing.T) {
	f := newFakeServer(t)
	f.token = "first"
	token, broken := "first", error(nil)
	source := func() (*rest.Config, error) { return &rest.Config{Host: f.URL, BearerToken: token}, broken }
	c, err := newConnection("local", "Local", source, slog.New(slog.DiscardHandler), clocktesting.NewFakeClock(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	p := newProbe(c)
	p.once(t.Context())
	alice := authz.Identity{User: "alice"}
	before, err := c.As(alice)
	if !c.Health().Connected || err != nil {
		t.Fatalf("health %+v, %v", c.Health(), err)
	}

	f.mu.Lock()
	f.token = "second"
	f.mu.Unlock()
	_, err = before.Typed.CoreV1().Pods("x").Get(t.Context(), "y", metav1.GetOptions{})
	if errs.KindOf(FromKube(err)) != errs.Unavailable { // not 401: the user's own session is fine
		t.Errorf("a user's call: %v", FromKube(err))
	}
	p.once(t.Context())
	if h := c.Health(); h.Connected || !strings.Contains(h.Problem, "credentials") || !strings.Contains(h.Problem, "renew") {
		t.Errorf("health %+v", h)
	}

	token = "second"
	p.once(t.Context()) // notices the new ones
	p.once(t.Context())
	if h := c.Health(); !h.Connected || h.Problem != "" {
		t.Errorf("health %+v", h)
	}
	after, err := c.As(alice)
	if err != nil || after == before {
		t.Errorf("a user goes on with the old credentials: %v", err)
	}

	token, broken = "", errors.New("the file is half written")
	if _, err := c.reload(); err == nil || c.System().Config.BearerToken != "second" {
		t.Errorf("a source that fails took the working credentials away: %v", err)
	}
}
