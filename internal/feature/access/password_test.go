package access

import (
	"context"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
)

func cheap() hashCost { return hashCost{memory: 64, passes: 1, threads: 1} }

func TestHash(t *testing.T) {
	ctx, h := context.Background(), newHasher(cheap())
	stored, err := h.hash(ctx, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := h.hash(ctx, goodPassword)
	if stored == again {
		t.Error("two hashes of one password are equal: no salt")
	}
	dearer := newHasher(hashCost{memory: 128, passes: 2, threads: 1})
	for _, c := range []struct {
		name             string
		h                *hasher
		stored, password string
		ok, outdated     bool
	}{
		{"right", h, stored, goodPassword, true, false},
		{"wrong", h, stored, "correct horse batterz", false, false},
		{"empty", h, stored, "", false, false},
		{"no stored hash", h, "", "", false, false},
		{"no stored hash, some password", h, "", goodPassword, false, false},
		{"the cost has risen", dearer, stored, goodPassword, true, true},
		{"the cost has risen, wrong password", dearer, stored, "x", false, false},
	} {
		ok, outdated, err := c.h.check(ctx, c.stored, c.password)
		if ok != c.ok || outdated != c.outdated || err != nil {
			t.Errorf("%s: %v %v %v", c.name, ok, outdated, err)
		}
	}
}

func TestDamagedHashesAreRefused(t *testing.T) {
	h := newHasher(cheap())
	for _, stored := range []string{
		"x", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=1,p=1,q=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5",
	} {
		if ok, _, err := h.check(context.Background(), stored, ""); ok || err == nil {
			t.Errorf("%s: %v %v", stored, ok, err)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5")
	f.Fuzz(func(t *testing.T, stored string) {
		p, err := parseHash(stored)
		if err == nil && (p.cost.memory > maxHashMemory || p.cost.passes > maxHashPasses || p.cost.passes == 0 || p.cost.threads == 0 || len(p.key) > 64) {
			t.Errorf("%q asks for %+v", stored, p.cost)
		}
	})
}

// A flood of sign-ins is turned away once the queue is full; nobody waits for ever.
func TestHashingIsBounded(t *testing.T) {
	h := newHasher(cheap())
	for range cap(h.running) {
		h.running <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	results := make(chan error, 100)
	for range cap(h.waiting) + 10 {
		go func() {
			_, err := h.hash(ctx, "x")
			results <- err
		}()
	}
	for range 10 { // those for whom there is no place to wait
		if err := <-results; errs.KindOf(err) != errs.TooMany {
			t.Errorf("%v", err)
		}
	}
	cancel()
	for range cap(h.waiting) {
		if err := <-results; err == nil {
			t.Error("hashed although its caller had gone")
		}
	}
}

func TestPasswordRules(t *testing.T) {
	for _, c := range []struct {
		password string
		ok       bool
	}{
		{"correct horse battery", true},
		{"新的密码应该足够长才可以", true},
		{"xK9#mQ2$vL5@pR8", true},
		{"tramway-lilac-57-otter", true},
		{"short", false},
		{"elevenchars", false},
		{"password1234", false},
		{"Passw0rd!2024", false},
		{"aaaaaaaaaaaaaaaa", false},
		{"abababababab", false},
		{"alice-in-chains-1", false},
		{"ALICE2024secure", false},
		{"123456789012345", false},
		{"qwertyuiop1234!!", true},
		{"welcome123456!", false},
		{strings.Repeat("long password ", 100), false},
		{"bad utf8 \xff\xfe in it", false},
	} {
		if err := checkPassword(c.password, "alice"); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.password, err)
		}
	}
}
