//go:build node

package launch_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/testkit"
)

// The namespaces of the demo bank and of this test.
const (
	demo  = "demo-bank"
	proof = "proof"
)

// workloads are the test's own: keeper has a volume and tells what is written to a file of it,
// web does nothing but run.
const workloads = `
apiVersion: v1
kind: Namespace
metadata: {name: proof}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: proof}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 16Mi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: keeper, namespace: proof}
spec:
  strategy: {type: Recreate}
  selector: {matchLabels: {app: keeper}}
  template:
    metadata: {labels: {app: keeper}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {fsGroup: 65532}
      containers:
      - name: keeper
        image: IMAGE
        command: [sh, -c, "touch /data/said; exec tail -n +1 -f /data/said"]
        volumeMounts: [{name: data, mountPath: /data}]
      volumes:
      - name: data
        persistentVolumeClaim: {claimName: data}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: proof}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: IMAGE
        env: [{name: EDITION, value: first}]
`

// pod is what this test looks at in a pod.
type pod struct {
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Spec   struct{ NodeName string }
	Status struct {
		Phase             string
		ContainerStatuses []struct{ Ready bool }
	}
}

// well: it runs and is ready. Pods of the demo's CronJob come and go by themselves.
func (p pod) well() bool {
	if p.Metadata.Labels["app.kubernetes.io/name"] == "statement-run" {
		return true
	}
	if p.Status.Phase != "Running" || len(p.Status.ContainerStatuses) == 0 {
		return false
	}
	for _, c := range p.Status.ContainerStatuses {
		if !c.Ready {
			return false
		}
	}
	return true
}

func (p *platform) pods(t *testing.T, namespace string) []pod {
	t.Helper()
	var list struct{ Items []pod }
	p.read(t, &list, "get", "pods", "-n", namespace)
	return list.Items
}

// podsRun waits until a namespace has pods and all of them run.
func (p *platform) podsRun(t *testing.T, namespace string) {
	t.Helper()
	testkit.OnNode(t, "the pods of "+namespace+" run", func() error {
		all := p.pods(t, namespace)
		if len(all) == 0 {
			return errors.New("there are none")
		}
		for _, pod := range all {
			if !pod.well() {
				return fmt.Errorf("%s is %s: %+v", pod.Metadata.Name, pod.Status.Phase, pod.Status.ContainerStatuses)
			}
		}
		return nil
	})
}

// inKeeper runs a shell line in the pod with the volume.
func (p *platform) inKeeper(t *testing.T, line string) string {
	t.Helper()
	return p.ok(t, "exec", "deploy/keeper", "-n", proof, "--", "sh", "-c", line)
}

// books are the demo's ledger: how many entries it has, and whether they add up.
type books struct {
	Seq      uint64
	Balanced bool
}

func (p *platform) books(t *testing.T) books {
	t.Helper()
	var b books
	testkit.OnNode(t, "the ledger answers", func() error {
		r := p.cli(t, "", "exec", "deploy/teller", "-n", demo, "--", "curl", "-sf", "http://ledger:8080/v1/check")
		if r.code != 0 {
			return fmt.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
		}
		return json.Unmarshal([]byte(r.out), &b)
	})
	if !b.Balanced {
		t.Errorf("the books do not balance: %+v", b)
	}
	return b
}

func (p *platform) runsDemo(t *testing.T) {
	p.podsRun(t, demo)
	if n := len(p.pods(t, demo)); n < 9 {
		t.Errorf("only %d pods", n)
	}
	first := p.books(t).Seq
	testkit.OnNode(t, "customers move money", func() error {
		if now := p.books(t).Seq; now <= first {
			return fmt.Errorf("still at entry %d", now)
		}
		return nil
	})
}

func (p *platform) runsOwn(t *testing.T) {
	out := p.okWith(t, strings.ReplaceAll(workloads, "IMAGE", p.toolbox), "apply", "-f", "-")
	if n := strings.Count(out, "created"); n != 4 {
		t.Errorf("%d objects created, want 4:\n%s", n, out)
	}
	for _, name := range []string{"keeper", "web"} {
		p.ok(t, "rollout", "status", "deploy/"+name, "-n", proof, "--timeout", "5m")
	}
}

// kept is what lies on the volume from here on, over every start.
const kept = "账本 №1 — kept"

func (p *platform) holdsData(t *testing.T) {
	p.inKeeper(t, "echo '"+kept+"' > /data/kept")
	p.keeps(t)
	var claim struct{ Status struct{ Phase string } }
	if p.read(t, &claim, "get", "pvc/data", "-n", proof); claim.Status.Phase != "Bound" {
		t.Errorf("the claim is %s", claim.Status.Phase)
	}
}

// keeps checks that the volume has its content.
func (p *platform) keeps(t *testing.T) {
	t.Helper()
	if got := p.inKeeper(t, "cat /data/kept"); got != kept+"\n" {
		t.Errorf("the volume holds %q", got)
	}
}

func (p *platform) resolvesNames(t *testing.T) {
	for name, want := range map[string]string{
		"kubernetes.default": "10.96.0.1",
		"teller.demo-bank":   "teller.demo-bank.svc.cluster.local",
	} {
		if got := p.inKeeper(t, "nslookup "+name); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if r := p.cli(t, "", "exec", "deploy/keeper", "-n", proof, "--", "nslookup", "nosuch.demo-bank"); r.code == 0 {
		t.Errorf("a name that does not exist: %s", r.out)
	}
	if got := p.inKeeper(t, "curl -sf http://teller.demo-bank:8080/healthz >/dev/null && echo answers"); got != "answers\n" {
		t.Errorf("the teller's Service: %q", got)
	}
}

func (p *platform) executes(t *testing.T) {
	const text = "转账 ✓ 1 000 €\n"
	r := p.cli(t, text, "exec", "-i", "deploy/keeper", "-n", proof, "--", "sh", "-c", "cat; echo 'ошибка' >&2; exit 7")
	if r.code != 7 || r.out != text || !strings.Contains(r.err, "ошибка\n") {
		t.Errorf("exit code %d, output %q, messages %q", r.code, r.out, r.err)
	}
	if r := p.cli(t, "", "exec", "deploy/keeper", "-n", proof, "--", "nosuchprogram"); r.code == 0 || !strings.Contains(r.err, "nosuchprogram") {
		t.Errorf("a missing program: exit code %d: %s", r.code, r.err)
	}
	if r := p.cli(t, "", "exec", "nosuchpod", "-n", proof, "--", "true"); r.code != 3 {
		t.Errorf("a missing pod: exit code %d: %s", r.code, r.err)
	}
}

func (p *platform) followsLogs(t *testing.T) {
	p.inKeeper(t, "echo first-line >> /data/said")
	logs := p.start(t, "logs", "deploy/keeper", "-n", proof, "-f")
	logs.await(t, "first-line")
	for _, line := range []string{"second-line", "третья-строка"} {
		p.inKeeper(t, "echo "+line+" >> /data/said")
		logs.await(t, line+"\n")
	}
	logs.interrupt(t)
	if got := p.ok(t, "logs", "deploy/keeper", "-n", proof, "--tail", "1", "--prefix", "never"); got != "третья-строка\n" {
		t.Errorf("the last line is %q", got)
	}
}

func (p *platform) copies(t *testing.T) {
	dir := t.TempDir()
	large := make([]byte, 3<<20)
	if _, err := rand.Read(large); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"large.bin": large, "deep/报告 2026.txt": []byte("余额\n"), "deep/empty": {}}
	for name, data := range files {
		path := filepath.Join(dir, "in", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	pod := strings.TrimPrefix(strings.TrimSpace(p.ok(t, "get", "pods", "-n", proof, "-l", "app=keeper", "-o", "name")), "pod/")
	p.ok(t, "cp", filepath.Join(dir, "in"), pod+":/data/copied", "-n", proof)
	p.ok(t, "cp", pod+":/data/copied", filepath.Join(dir, "out"), "-n", proof)
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, "out", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	if r := p.cli(t, "", "cp", pod+":/data/nosuch", dir, "-n", proof); r.code == 0 {
		t.Error("a missing file was copied")
	}
	p.inKeeper(t, "rm -r /data/copied")
}

func (p *platform) forwardsPort(t *testing.T) {
	forward := p.start(t, "port-forward", "svc/teller", "0:8080", "-n", demo)
	forward.await(t, " -> ")
	local := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(forward.said())
	for range 3 { // each on a connection of its own
		get(t, "http://"+local+"/v1/accounts/C000001/balance")
	}
	forward.interrupt(t)
}

func get(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: commandLimit}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !json.Valid(body) || !bytes.Contains(body, []byte("C000001")) {
		t.Errorf("%s: status %d, %v: %s", url, res.StatusCode, err, body)
	}
}

// page is a table of the API.
type page struct {
	Columns []struct{ ID string }
	Rows    []struct {
		Name  string
		Cells []any
	}
}

// measured wants a number in the named columns of every row.
func (p page) measured(columns ...string) error {
	if len(p.Rows) == 0 {
		return errors.New("there are no rows")
	}
	for _, want := range columns {
		at := -1
		for i, c := range p.Columns {
			if c.ID == want {
				at = i
			}
		}
		if at < 0 {
			return fmt.Errorf("there is no column %s", want)
		}
		for _, row := range p.Rows {
			if n, ok := row.Cells[at].(float64); !ok || n < 0 {
				return fmt.Errorf("%s of %s is %v", want, row.Name, row.Cells[at])
			}
		}
	}
	return nil
}

func (p *platform) measures(t *testing.T) {
	for _, path := range []string{"nodes", "pods?namespace=" + proof, "pods?namespace=" + demo + "&filter=status%3DRunning"} {
		testkit.OnNode(t, "use of "+path, func() error {
			var table page
			p.api(t, "clusters/local/resources/"+path, &table)
			return table.measured("cpu", "memory")
		})
	}
	table := p.ok(t, "get", "pods", "-n", proof, "-l", "app=keeper")
	if !regexp.MustCompile(`(?s)CPU +MEMORY.*keeper-\S+ +Running +1/1 .* \d+m? +[\d.]+Mi `).MatchString(table) {
		t.Errorf("the table shows no use:\n%s", table)
	}
}
