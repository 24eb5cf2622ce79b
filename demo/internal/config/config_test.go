package config

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		args string
		want string // part of the error; empty for none
	}{
		{"teller", "--role=teller --listen=:8080", ""},
		{"all", "--role=all --rate=5 --seed=7 --log-level=debug", ""},
		{"statement run", "--role=statement-run --teller-url=http://127.0.0.1:1", ""},
		{"no fault API", "--role=risk --admin-listen=", ""},
		{"loopback by IPv6", "--role=risk --admin-listen=[::1]:9", ""},
		{"no role", "", "--role"},
		{"unknown role", "--role=cashier", "cashier"},
		{"unknown flag", "--role=risk --colour=red", "colour"},
		{"stray argument", "--role=risk now", "now"},
		{"faults for everybody", "--role=risk --admin-listen=:9091", "loopback"},
		{"faults on an address", "--role=risk --admin-listen=10.0.0.1:9091", "loopback"},
		{"bad listen", "--role=risk --listen=8080", "--listen"},
		{"bad URL", "--role=risk --accounts-url=accounts:8080", "--accounts-url"},
		{"password in URL", "--role=risk --accounts-url=http://a:b@accounts", "--accounts-url"},
		{"no rate", "--role=load --rate=0", "--rate"},
		{"rate that is no number", "--role=load --rate=NaN", "--rate"},
		{"few accounts", "--role=ledger --accounts=1", "--accounts"},
		{"eager watcher", "--role=ledger --faults-every=1ns", "--faults-every"},
		{"bad level", "--role=ledger --log-level=loud", "log-level"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(strings.Fields(tt.args), io.Discard)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var usage strings.Builder
	if _, err := Parse([]string{"--help"}, &usage); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, name := range []string{"-role", "-journal", "-accounts-url", "settlement"} {
		if !strings.Contains(usage.String(), name) {
			t.Errorf("usage does not mention %s", name)
		}
	}
}
