package cli

import (
	"net/http"
	"strings"
	"testing"
)

const podsPage = `{"cluster":"local","resource":"pods","epoch":"e","seq":1,"total":2,"offset":0,
"columns":[{"id":"name","type":"text","title":"Name"},{"id":"status","type":"status","title":"Status"},{"id":"restarts","type":"number","title":"Restarts"},
 {"id":"ready","type":"fraction","title":"Ready"},{"id":"cpu","type":"cpu","title":"CPU"},{"id":"memory","type":"bytes","title":"Memory"},{"id":"age","type":"time","title":"Age"}],
"rows":[{"uid":"1","namespace":"bank","name":"teller-0","cells":["teller-0",["ok","Running"],0,[1,1],120,134217728,1772362800]},
 {"uid":"2","namespace":"bank","name":"账户-1","cells":["账户-1",["error","CrashLoopBackOff"],17,[0,1],null,null,1772366390]}],
"state":{"phase":"live","since":1}}`

func TestGetTable(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods", podsPage)
	got := f.run("", "get", "po", "-n", "bank", "-l", "app=x", "--filter", "restarts>0", "--sort", "restarts", "--desc")
	want := `NAME       STATUS             RESTARTS   READY   CPU    MEMORY   AGE
teller-0   Running            0          1/1     120m   128Mi    60m
账户-1     CrashLoopBackOff   17         0/1     -      -        10s
`
	if got.code != 0 || got.out != want {
		t.Fatalf("code %d %s\n%s\nwant\n%s", got.code, got.problem, got.out, want)
	}
	r := f.request("GET /clusters/local/resources/pods")
	for _, part := range []string{"namespace=bank", "labels=app%3Dx", "filter=restarts%3E0", "sort=restarts", "desc=true"} {
		if !strings.Contains(r.query, part) {
			t.Errorf("query %s lacks %s", r.query, part)
		}
	}
	if r.header.Get("Authorization") != "Bearer kmt_secret" {
		t.Errorf("authorization: %q", r.header.Get("Authorization"))
	}
}

func TestGetAllNamespacesWideAndName(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods", podsPage)
	got := f.run("", "get", "pods", "-A", "-o", "wide")
	if !strings.HasPrefix(got.out, "NAMESPACE   NAME ") || !strings.Contains(got.out, "bank        teller-0") {
		t.Errorf("wide:\n%s", got.out)
	}
	r := f.request("GET /clusters/local/resources/pods")
	if strings.Contains(r.query, "namespace=") || !strings.Contains(r.query, "columns=status%2Crestarts%2Cnode") {
		t.Errorf("query: %s", r.query)
	}
	if got := f.run("", "get", "pods", "-A", "-o", "name"); got.out != "pod/teller-0\npod/账户-1\n" {
		t.Errorf("name: %q", got.out)
	}
}

func TestGetWholeObjects(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods", podsPage)
	f.answer("GET /clusters/local/resources/pods/objects/bank/teller-0", `{"object":{"kind":"Pod","metadata":{"name":"teller-0"}}}`)
	f.refuse("GET /clusters/local/resources/pods/objects/bank/%E8%B4%A6%E6%88%B7-1", http.StatusNotFound, "not-found", "gone", "")
	if got := f.run("", "get", "pod", "teller-0", "-n", "bank", "-o", "yaml"); got.out != "kind: Pod\nmetadata:\n  name: teller-0\n" {
		t.Errorf("one as yaml: %q %s", got.out, got.problem)
	}
	got := f.run("", "get", "pods", "-n", "bank", "-o", "json")
	if !strings.Contains(got.out, `"kind": "List"`) || !strings.Contains(got.out, `"name": "teller-0"`) || got.code != 0 {
		t.Errorf("list as json: %d %q %s", got.code, got.out, got.problem)
	}
}

func TestGetNamedAndMissing(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods", podsPage)
	got := f.run("", "get", "pod/teller-0", "-n", "bank")
	if got.code != 0 || strings.Count(got.out, "\n") != 2 {
		t.Errorf("%d %q %s", got.code, got.out, got.problem)
	}
	got = f.run("", "get", "pod/nope", "-n", "bank")
	if got.code != ExitNotFound || !strings.Contains(got.problem, "pod/nope is not there in namespace bank") {
		t.Errorf("%d %q", got.code, got.problem)
	}
}

func TestGetEmpty(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/services", `{"total":0,"columns":[],"rows":[],"state":{"phase":"live"}}`)
	got := f.run("", "get", "svc")
	if got.code != 0 || got.out != "" || !strings.Contains(got.err, "no services found in namespace default") {
		t.Errorf("%d %q %q", got.code, got.out, got.err)
	}
}

func TestExitCodes(t *testing.T) {
	f := newFakeServer(t)
	for _, tc := range []struct {
		name, code string
		status     int
		exit       int
	}{
		{"a", "not-found", 404, ExitNotFound},
		{"b", "forbidden", 403, ExitForbidden},
		{"c", "unauthenticated", 401, ExitForbidden},
		{"d", "conflict", 409, ExitConflict},
		{"e", "unavailable", 503, ExitUnreachable},
		{"f", "invalid", 400, ExitFailure},
		{"g", "internal", 500, ExitFailure},
	} {
		f.refuse("GET /clusters/local/resources/pods/objects/default/"+tc.name, tc.status, tc.code, "it is wrong", "do better")
		got := f.run("", "describe", "pod", tc.name)
		if got.code != tc.exit || !strings.Contains(got.problem, "it is wrong; do better") || strings.Contains(got.problem, "\n") {
			t.Errorf("%s: exit code %d, want %d: %q", tc.code, got.code, tc.exit, got.problem)
		}
	}
	for _, args := range [][]string{
		{"get"},
		{"get", "pods", "-o", "xml"},
		{"get", "pods", "--nonsense"},
		{"get", "pods", "-A", "-n", "x"},
		{"scale", "deploy/a"},
		{"get", "pod/"},
		{"logs"},
		{"cp", "a", "b"},
		{"port-forward", "a", "x:y:z"},
		{"get", "pods", "-w", "--filter", "nonsense"},
		{"rollout", "nonsense"},
	} {
		if got := f.run("", args...); got.code != ExitUsage {
			t.Errorf("%v: exit code %d, want %d: %s", args, got.code, ExitUsage, got.problem)
		}
	}
	f.web.Close()
	if got := f.run("", "get", "pods"); got.code != ExitUnreachable || !strings.Contains(got.problem, "nothing listens there") {
		t.Errorf("server gone: %d %q", got.code, got.problem)
	}
}

func TestKindSuggestions(t *testing.T) {
	f := newFakeServer(t)
	for name, says := range map[string]string{"pdos": "did you mean pods?", "deploymnts": "did you mean deployments.apps?", "xyzzy": "kubemate api-resources"} {
		if got := f.run("", "get", name); got.code != ExitNotFound || !strings.Contains(got.problem, says) {
			t.Errorf("%s: %d %q", name, got.code, got.problem)
		}
	}
	for _, name := range []string{"deploy", "Deployment", "deployments", "deployments.apps", "deployment.v1.apps"} {
		f.answer("GET /clusters/local/resources/deployments.apps", `{"total":0,"rows":[],"columns":[],"state":{}}`)
		if got := f.run("", "get", name); got.code != 0 {
			t.Errorf("%s: %q", name, got.problem)
		}
	}
}

func TestHostileTextIsTamed(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods", `{"total":1,"columns":[{"id":"status","type":"status","title":"Status"}],"state":{},
 "rows":[{"uid":"1","name":"a","cells":[["ok","\u001b[2Jgone\nNAME"]]}]}`)
	got := f.run("", "get", "pods")
	if strings.ContainsAny(got.out, "\x1b") || strings.Count(got.out, "\n") != 2 {
		t.Errorf("%q", got.out)
	}
}
