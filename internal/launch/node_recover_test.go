//go:build node

package launch_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kubemate.io/kubemate/internal/launch"
	"kubemate.io/kubemate/internal/launch/embedded/supervise"
	"kubemate.io/kubemate/internal/launch/hostjournal"
	"kubemate.io/kubemate/internal/testkit"
)

// kill kills processes and waits until they have ended.
func kill(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatalf("kill %d: %v", pid, err)
		}
	}
	for _, pid := range pids {
		testkit.Eventually(t, fmt.Sprintf("process %d has ended", pid), func() bool {
			_, err := hostjournal.StartTime(pid)
			return err != nil
		})
	}
}

func (p *platform) serverPID(t *testing.T) int {
	t.Helper()
	pid, err := supervise.ReadPIDFile(supervise.PIDFile(filepath.Join(p.dir, "run"), "server"))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// recovered: everything runs again, the volume has its content, the bank has lost no entry, and
// the server knows what it did before.
func (p *platform) recovered(t *testing.T, before books) {
	t.Helper()
	p.well(t)
	p.podsRun(t, proof)
	p.keeps(t)
	if now := p.books(t); now.Seq < before.Seq {
		t.Errorf("the ledger had %d entries and has %d", before.Seq, now.Seq)
	}
	if out := p.ok(t, "jobs", "list"); !strings.Contains(out, "drain") {
		t.Errorf("the server has forgotten the drain:\n%s", out)
	}
}

func (p *platform) survivesServerKill(t *testing.T) {
	before, up, server := p.books(t), p.state(t), p.serverPID(t)
	kill(t, server)
	testkit.OnNode(t, "the server runs again", func() error {
		if r := p.cli(t, "", "get", "namespaces"); r.code != 0 {
			return fmt.Errorf("exit code %d: %s", r.code, r.err)
		}
		return nil
	})
	if now := p.serverPID(t); now == server {
		t.Errorf("it still has pid %d", now)
	}
	if now := p.state(t); now.PID != up.PID {
		t.Error("the whole platform was started again")
	}
	p.recovered(t, before)
}

func (p *platform) survivesUpKill(t *testing.T) {
	before := p.books(t)
	kill(t, p.state(t).PID)
	if s := p.status(t); s.OK || len(s.Parts) != 1 || !strings.Contains(s.Parts[0].Message, "`kubemate up` recovers it") {
		t.Errorf("status says %+v", s)
	}
	p.up(t)
	p.recovered(t, before)
	if out := p.ok(t, "get", "pdb", "-n", demo, "-o", "name"); out != "poddisruptionbudget/accounts\npoddisruptionbudget/teller\n" {
		t.Errorf("the start did not restore the budgets that were deleted for the drain: %q", out)
	}
}

// survivesPowerCut kills everything; what the kernel holds stays.
func (p *platform) survivesPowerCut(t *testing.T) {
	before := p.books(t)
	pids, err := hostjournal.Marked(p.dir)
	if err != nil || len(pids) < 5 {
		t.Fatalf("processes %v, %v", pids, err)
	}
	kill(t, append([]int{p.state(t).PID}, pids...)...)
	p.up(t)
	p.recovered(t, before)
}

func (p *platform) survivesDown(t *testing.T) {
	before := p.books(t)
	if r := p.run(t, "", "down", "--data-dir", p.dir); r.code != 0 || !strings.Contains(r.out, "data stays in "+p.dir) {
		t.Fatalf("down: exit code %d: %s%s", r.code, r.out, r.err)
	}
	p.stopped(t)
	if s := p.status(t); s.OK || s.Phase != "stopped" {
		t.Errorf("status says %+v", s)
	}
	if r := p.run(t, "", "down", "--data-dir", p.dir); r.code != 0 {
		t.Errorf("a second down: exit code %d: %s%s", r.code, r.out, r.err)
	}
	p.up(t)
	p.recovered(t, before)
}

// stopped checks that no process and no mount of the platform is left.
func (p *platform) stopped(t *testing.T) {
	t.Helper()
	if pids, err := hostjournal.Marked(p.dir); err != nil || len(pids) > 0 {
		t.Errorf("processes %v are left, %v", pids, err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, p.dir+"/") {
			t.Errorf("a mount is left: %s", line)
		}
	}
	if _, ok, err := launch.ReadState(p.dir); ok || err != nil {
		t.Errorf("the state is left: %t, %v", ok, err)
	}
}

func (p *platform) leavesNothing(t *testing.T, before testkit.Host) {
	r := p.run(t, "", "down", "--delete", "--data-dir", p.dir)
	if r.code != 0 || !strings.Contains(r.out, "nothing that Kubemate made is left") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	p.stopped(t)
	if _, err := os.Stat(p.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data folder is left: %v", err)
	}
	before.Compare(t)
}

// joinsExisting starts a second server on the cluster of the first, as on any other that has an
// address, kills its `up`, and removes it; the first one stays.
func (p *platform) joinsExisting(t *testing.T) {
	second := &platform{bin: p.bin, dir: p.dir + "-2", listen: address(t), home: t.TempDir()}
	// The same identity: the server shields its users from all others.
	second.flags = []string{"--listen", second.listen, "--kubeconfig", filepath.Join(p.dir, "kubeconfig", "server.kubeconfig")}
	t.Cleanup(second.remove(t))
	if said := second.up(t); !strings.Contains(said, "an existing cluster") {
		t.Errorf("it does not say so:\n%s", said)
	}
	second.well(t)
	if s := second.status(t); s.Mode != launch.ModeExisting || len(s.Parts) != 3 || s.Parts[1].Name != "API server" {
		t.Errorf("status says %+v", s)
	}
	if out := second.ok(t, "get", "pods", "-n", demo); !strings.Contains(out, "ledger-0") {
		t.Errorf("it sees\n%s", out)
	}
	server := second.serverPID(t)
	kill(t, second.state(t).PID)
	second.up(t)
	if now := second.serverPID(t); now == server {
		t.Error("the server of the killed run goes on")
	}
	kill(t, second.state(t).PID)
	if r := second.run(t, "", "down", "--delete", "--data-dir", second.dir); r.code != 0 {
		t.Errorf("down --delete: exit code %d: %s%s", r.code, r.out, r.err)
	}
	second.stopped(t)
	if _, err := os.Stat(second.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its data folder is left: %v", err)
	}
	p.well(t)
}
