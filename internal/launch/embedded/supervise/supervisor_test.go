package supervise

import (
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func newSupervisor(t *testing.T) *Supervisor {
	t.Helper()
	return New(t.TempDir(), t.TempDir(), t.TempDir(), slog.New(slog.DiscardHandler))
}

// until waits for a condition with a limit that only a defect reaches.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func TestChildIsStartedAgainAndStopped(t *testing.T) {
	s := newSupervisor(t)
	ends := make(chan error, 10)
	p, err := s.Start(Spec{
		Name: "child", Path: "/bin/sh", Args: []string{"-c", "echo hello $WORD; sleep 1000"},
		Env: []string{"WORD=world"}, Ended: func(err error) { ends <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	first := p.PID()
	until(t, "the log has its line", func() bool {
		data, _ := os.ReadFile(LogFile(s.logDir, "child"))
		return strings.Contains(string(data), "hello world")
	})
	if pid, err := ReadPIDFile(PIDFile(s.runDir, "child")); err != nil || pid != first {
		t.Errorf("pid file says %d, %v; want %d", pid, err, first)
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ends; err == nil {
		t.Error("the end by a signal was no error")
	}
	until(t, "it runs again", func() bool { return p.Restarts() == 1 && p.PID() != first })
	second := p.PID()
	p.Stop()
	if err := syscall.Kill(second, 0); err == nil {
		t.Error("the child lives on after Stop")
	}
	if _, err := os.Stat(PIDFile(s.runDir, "child")); err == nil {
		t.Error("the pid file stays after Stop")
	}
}

func TestStubbornChildIsKilled(t *testing.T) {
	p, err := newSupervisor(t).Start(Spec{
		Name: "stubborn", Path: "/bin/sh", Args: []string{"-c", "trap '' TERM; while :; do sleep 1; done"},
		StopTimeout: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if err := syscall.Kill(p.PID(), 0); err == nil {
		t.Error("the child lives on")
	}
}

func TestMissingProgramIsAnError(t *testing.T) {
	if _, err := newSupervisor(t).Start(Spec{Name: "none", Path: "/no/such/program"}); err == nil {
		t.Error("a program that is not there was started")
	}
}

// TestPIDFileOfAnotherProcess: a pid that was given to another process since is not taken for ours.
func TestPIDFileOfAnotherProcess(t *testing.T) {
	path := PIDFile(t.TempDir(), "p")
	if err := writePIDFile(path, os.Getpid()); err != nil {
		t.Fatal(err)
	}
	if pid, err := ReadPIDFile(path); err != nil || pid != os.Getpid() {
		t.Fatalf("own pid file says %d, %v", pid, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := strings.Replace(string(data), `"startTime":`, `"startTime":1`, 1)
	if err := os.WriteFile(path, []byte(older), 0o600); err != nil {
		t.Fatal(err)
	}
	if pid, err := ReadPIDFile(path); err != nil || pid != 0 {
		t.Errorf("a reused pid was taken for the process: %d, %v", pid, err)
	}
	if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPIDFile(path); err == nil {
		t.Error("a damaged pid file was no error")
	}
}

func TestNextPause(t *testing.T) {
	for _, tc := range []struct{ last, lived, want time.Duration }{
		{0, 0, firstPause},
		{firstPause, 0, 2 * firstPause},
		{maxPause, time.Second, maxPause},
		{maxPause, goodWhile, firstPause},
	} {
		if got := nextPause(tc.last, tc.lived); got != tc.want {
			t.Errorf("after a pause of %s and a life of %s: %s, want %s", tc.last, tc.lived, got, tc.want)
		}
	}
}

func TestLogIsCut(t *testing.T) {
	path := LogFile(t.TempDir(), "x")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Write(make([]byte, maxLog)); err != nil {
		t.Fatal(err)
	}
	rotateLog(path)
	if _, err := f.WriteString("after\n"); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "after\n" {
		t.Errorf("the log holds %d bytes, %v", len(data), err)
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() != maxLog {
		t.Errorf("the predecessor: %v, %v", info, err)
	}
}
