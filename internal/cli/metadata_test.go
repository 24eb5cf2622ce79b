package cli

import (
	"net/http"
	"strings"
	"testing"
)

func TestLabelAndAnnotate(t *testing.T) {
	f := newFakeServer(t)
	path := "PATCH /clusters/local/resources/deployments.apps/objects/bank/teller"
	f.handle(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"warnings":["seen"]}`)) })
	got := f.run("", "label", "deploy/teller", "app.kubernetes.io/team=payments", "old-", "-n", "bank")
	if got.out != "deployment/teller labels changed\n" || got.err != "warning: seen\n" {
		t.Errorf("%+v", got)
	}
	if body := f.request(path).body; !strings.Contains(body, `{"metadata":{"labels":{"app.kubernetes.io/team":"payments","old":null}}}`) {
		t.Errorf("body %s", body)
	}
	if got := f.run("", "annotate", "deploy", "teller", "why=a=b", "-n", "bank", "--dry-run"); got.out != "deployment/teller annotations changed (checked, not done)\n" {
		t.Errorf("%+v", got)
	}
	if body := f.request(path).body; !strings.Contains(body, `"why":"a=b"`) || !strings.Contains(body, `"dryRun":true`) {
		t.Errorf("body %s", body)
	}
}

func TestLabelRefuses(t *testing.T) {
	f := newFakeServer(t)
	for _, args := range [][]string{
		{"label"}, {"label", "deploy/teller"}, {"label", "a=b", "c=d"}, {"label", "deploy/teller", "=x"}, {"label", "deploy/teller", "-"}, {"label", "deploy/teller", "a=b", "deploy/other"},
	} {
		if got := f.run("", args...); got.code != ExitUsage {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestTrigger(t *testing.T) {
	f := newFakeServer(t)
	f.answer("POST /clusters/local/resources/cronjobs.batch/objects/bank/close/trigger", `{"changed":true,"message":"started as close-x1"}`)
	if got := f.run("", "trigger", "close", "-n", "bank"); got.out != "cronjob/close started as close-x1\n" {
		t.Errorf("%+v", got)
	}
}
