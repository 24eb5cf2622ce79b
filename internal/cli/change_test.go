package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScaleRestartCordon(t *testing.T) {
	f := newFakeServer(t)
	deploy := "/clusters/local/resources/deployments.apps/objects/bank/teller"
	f.answer("POST "+deploy+"/scale", `{"before":2,"replicas":5,"warnings":["an autoscaler will set it again"]}`)
	f.answer("POST "+deploy+"/restart", `{"changed":true,"message":"restarted"}`)
	f.answer("POST /clusters/local/resources/nodes/objects/_/n1/cordon", `{"changed":true,"message":"cordoned"}`)
	got := f.run("", "scale", "deploy/teller", "-n", "bank", "--replicas", "5")
	if got.out != "deployment/teller scaled from 2 to 5\n" || got.err != "warning: an autoscaler will set it again\n" {
		t.Errorf("%+v", got)
	}
	if body := f.request("POST " + deploy + "/scale").body; !strings.Contains(body, `"replicas":5`) {
		t.Errorf("body %s", body)
	}
	if got := f.run("", "restart", "deploy", "teller", "-n", "bank"); got.out != "deployment/teller restarted\n" {
		t.Errorf("%+v", got)
	}
	if got := f.run("", "cordon", "n1"); got.out != "node/n1 cordoned\n" {
		t.Errorf("%+v", got)
	}
	// The second is tried although the first fails; the exit code tells.
	got = f.run("", "cordon", "missing", "n1")
	if got.code != ExitNotFound || got.out != "node/n1 cordoned\n" {
		t.Errorf("%+v", got)
	}
}

func TestApply(t *testing.T) {
	f := newFakeServer(t)
	dir := t.TempDir()
	one := filepath.Join(dir, "one.yaml")
	two := filepath.Join(dir, "two.yml")
	write(t, one, "kind: A\nmetadata: {name: a}")
	write(t, two, "kind: B\nmetadata: {name: b}\n---\nkind: C\n")
	write(t, filepath.Join(dir, "notes.txt"), "nothing")
	f.handle("POST /clusters/local/objects", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"failed":1,"results":[
 {"index":0,"line":1,"kind":"Deployment","ref":{"resource":"deployments.apps","namespace":"bank","name":"a"},"action":"configured","before":"x: 1\n","after":"x: 2\n","warnings":["old API"]},
 {"index":1,"line":6,"kind":"Pod","ref":{"resource":"pods","name":"b"},"action":"failed","problem":{"code":"unprocessable","status":422,"detail":"spec is wrong","hint":"correct it"}}]}`)
	})
	got := f.run("", "apply", "-f", dir, "-n", "bank", "--dry-run", "--diff")
	if got.code != ExitFailure || !strings.Contains(got.problem, "1 of 2 objects were refused") {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.out, "-x: 1\n+x: 2\n") || !strings.Contains(got.out, "deployment/a in bank configured (checked, not done)\n") {
		t.Errorf("out %q", got.out)
	}
	if !strings.Contains(got.err, "one.yaml:1: old API") || !strings.Contains(got.err, "two.yml:3: pod/b: spec is wrong; correct it") {
		t.Errorf("err %q", got.err)
	}
	var request struct {
		YAML, Namespace, Mode string
		DryRun                bool
	}
	if err := json.Unmarshal([]byte(f.request("POST /clusters/local/objects").body), &request); err != nil {
		t.Fatal(err)
	}
	if request.Mode != "apply" || !request.DryRun || request.Namespace != "bank" || request.YAML != "kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n---\nkind: C\n" {
		t.Errorf("request %+v", request)
	}
	if got := f.run("kind: X\n", "create", "-f", "-"); got.code != ExitFailure {
		t.Errorf("%+v", got)
	}
	if got := f.run("", "apply", "-f", filepath.Join(dir, "nope.yaml")); got.code != ExitNotFound || !strings.Contains(got.problem, "nope.yaml cannot be read: no such file") {
		t.Errorf("%+v", got)
	}
}

func TestDelete(t *testing.T) {
	f := newFakeServer(t)
	path := "/clusters/local/resources/pods/objects/bank/a"
	f.answer("DELETE "+path, `{"phase":"deleting","finalizers":["x/y"]}`)
	got := f.run("", "delete", "pod", "a", "-n", "bank", "--grace-period", "0", "--cascade", "foreground")
	if got.out != "pod/a deleted\n" || !strings.Contains(got.err, "waits for: x/y") {
		t.Errorf("%+v", got)
	}
	if q := f.request("DELETE " + path).query; q != "gracePeriodSeconds=0&propagation=Foreground" {
		t.Errorf("query %s", q)
	}
	f.answer("DELETE /clusters/local/resources/deployments.apps/objects/bank/d", `{"phase":"deleted"}`)
	file := filepath.Join(t.TempDir(), "all.yaml")
	write(t, file, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: bank}\n")
	got = f.run("", "delete", "-f", file, "-n", "bank")
	if got.out != "deployment/d deleted\npod/a deleted\n" {
		t.Errorf("from a file: %+v", got)
	}
}

func TestEdit(t *testing.T) {
	f := newFakeServer(t)
	path := "/clusters/local/resources/configmaps/objects/bank/c"
	f.answer("GET "+path+"/yaml", "data: {a: \"1\"}\n")
	f.answer("PUT "+path, `{"changed":true,"before":"a: 1\n","after":"a: 2\n"}`)
	f.env["EDITOR"] = "sed -i s/1/2/"
	got := f.run("", "edit", "cm/c", "-n", "bank")
	if got.code != 0 || !strings.Contains(got.out, "-a: 1\n+a: 2\n") || !strings.Contains(got.out, "configmap/c changed") {
		t.Fatalf("%+v", got)
	}
	if body := f.request("PUT " + path).body; !strings.Contains(body, `data: {a: \"2\"}`) {
		t.Errorf("body %s", body)
	}
	f.env["EDITOR"] = "true"
	if got := f.run("", "edit", "cm/c", "-n", "bank"); got.code != 0 || !strings.Contains(got.err, "nothing was changed") {
		t.Errorf("%+v", got)
	}
	f.env["EDITOR"] = "sed -i s/1/3/"
	for _, tc := range []struct {
		status int
		code   string
		exit   int
	}{{409, "conflict", ExitConflict}, {422, "unprocessable", ExitFailure}, {403, "forbidden", ExitForbidden}} {
		f.refuse("PUT "+path, tc.status, tc.code, "refused here", "")
		got := f.run("", "edit", "cm/c", "-n", "bank")
		_, file, _ := strings.Cut(strings.TrimSpace(got.err), "kept in ")
		text, err := os.ReadFile(file)
		if got.code != tc.exit || err != nil || !strings.Contains(string(text), `{a: "3"}`) {
			t.Errorf("%s: %+v, kept %q %v", tc.code, got, text, err)
		}
		if tc.code == "unprocessable" && !strings.Contains(string(text), "# kubemate: refused here") {
			t.Errorf("the refusal does not stand in the text: %q", text)
		}
		_ = os.Remove(file)
	}
}

func TestRollout(t *testing.T) {
	f := newFakeServer(t)
	path := "/clusters/local/resources/deployments.apps/objects/default/teller"
	step := 0
	f.handle("GET "+path+"/rollout", func(w http.ResponseWriter, _ *http.Request) {
		step++
		if step == 1 {
			io.WriteString(w, `{"status":{"phase":"progressing","message":"1 of 2 updated","desired":2,"updated":1},"revisions":[]}`)
			return
		}
		io.WriteString(w, `{"status":{"phase":"complete","message":"rolled out","desired":2,"updated":2,"ready":2,"available":2},
 "revisions":[{"revision":2,"current":true,"created":"2026-03-01T11:00:00Z","images":["a:2"],"template":"new: 1\n"},{"revision":1,"created":"2026-03-01T10:00:00Z","images":["a:1"],"cause":"first","template":"old: 1\n"}]}`)
	})
	got := f.run("", "rollout", "status", "teller")
	if got.code != 0 || strings.Count(got.out, "\n") != 2 || !strings.Contains(got.out, "rolled out") {
		t.Errorf("%+v", got)
	}
	got = f.run("", "rollout", "history", "deploy/teller")
	if want := "REVISION   CURRENT   AGE    IMAGES   CAUSE\n2          *         60m    a:2      -\n1          -         120m   a:1      first\n"; got.out != want {
		t.Errorf("history:\n%s\nwant\n%s", got.out, want)
	}
	if got := f.run("", "rollout", "history", "teller", "--revision", "1"); got.out != "old: 1\n" {
		t.Errorf("%+v", got)
	}
	f.answer("POST "+path+"/rollout/undo", `{"revision":1,"changed":true}`)
	if got := f.run("", "rollout", "undo", "teller", "--to-revision", "1"); got.out != "deployment/teller went back to revision 1\n" {
		t.Errorf("%+v", got)
	}
	f.answer("GET "+path+"/rollout", `{"status":{"phase":"failed","message":"deadline exceeded"}}`)
	if got := f.run("", "rollout", "status", "teller"); got.code != ExitFailure || !strings.Contains(got.problem, "deadline exceeded") {
		t.Errorf("%+v", got)
	}
}

func TestDrain(t *testing.T) {
	f := newFakeServer(t)
	f.answer("POST /clusters/local/resources/nodes/objects/_/n1/drain", `{"id":"j1","type":"drain","phase":"running","ref":{"name":"n1"}}`)
	step := 0
	f.handle("GET /jobs/j1", func(w http.ResponseWriter, _ *http.Request) {
		step++
		if step == 1 {
			io.WriteString(w, `{"id":"j1","type":"drain","phase":"running","ref":{"name":"n1"},"progress":{"done":0,"total":1},"items":[{"ref":{"resource":"pods","namespace":"bank","name":"a"},"phase":"blocked","message":"budget teller needs 1"}]}`)
			return
		}
		io.WriteString(w, `{"id":"j1","type":"drain","phase":"succeeded","ref":{"name":"n1"},"progress":{"done":1,"total":1},"items":[{"ref":{"resource":"pods","namespace":"bank","name":"a"},"phase":"succeeded"}]}`)
	})
	got := f.run("", "drain", "n1", "--ignore-daemonsets")
	want := "[0/1] pods bank/a blocked: budget teller needs 1\n[1/1] pods bank/a succeeded\ndrain of n1 done\n"
	if got.code != 0 || got.out != want {
		t.Errorf("%+v, want %q", got, want)
	}
	if body := f.request("POST /clusters/local/resources/nodes/objects/_/n1/drain").body; !strings.Contains(body, `"ignoreDaemonSets":true`) {
		t.Errorf("body %s", body)
	}
	f.answer("GET /jobs/j1", `{"id":"j1","type":"drain","phase":"failed","message":"timed out","ref":{"name":"n1"}}`)
	if got := f.run("", "drain", "n1"); got.code != ExitFailure || !strings.Contains(got.problem, "timed out") {
		t.Errorf("%+v", got)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
