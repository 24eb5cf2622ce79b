package launch

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/hostjournal"
)

func entries(t *testing.T, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range found {
		names = append(names, e.Name())
	}
	return names
}

func onlyEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := entries(t, dir); !slices.Equal(got, want) {
		t.Errorf("%s holds %v, want %v", dir, got, want)
	}
}

// `down --delete` removes what Kubemate made. A folder without its mark is somebody else's, also
// when it has folders of the same names: / has a run, and many have logs.
func TestDownNeverTouchesAForeignFolder(t *testing.T) {
	for name, files := range map[string][]string{
		"photos":     {"photos/one"},
		"same names": {"run/lock", "logs/app.log", "server/data", "etcd/data", "node/x"},
	} {
		for _, remove := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				for _, f := range files {
					write(t, filepath.Join(dir, f), "x")
				}
				var out bytes.Buffer
				err := Down(t.Context(), dir, remove, &out)
				if err == nil || !strings.Contains(err.Error(), dir+" is no data folder of Kubemate") || !strings.Contains(err.Error(), "nothing was touched") {
					t.Errorf("got %v, said %q", err, out.String())
				}
				for _, f := range files {
					if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

func TestDownOfNothing(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	if err := Down(t.Context(), none, true, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), none+" does not exist") {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	if err := Down(t.Context(), file, true, &bytes.Buffer{}); err == nil {
		t.Error("a file was taken for a data folder")
	}
}

// dataFolder is one as a run leaves it behind, with an ended run's state.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := embedded.Claim(dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"run/server.pid", "logs/server.log", "server/records.db", "etcd/data/x", "pki/ca.crt", "kubeconfig/admin", "node/volumes/v/f", "registry/x"} {
		write(t, filepath.Join(dir, f), "x")
	}
	ended := running(t)
	ended.Started--
	if err := ended.write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDownKeepsTheData(t *testing.T) {
	dir := dataFolder(t)
	for range 2 { // the second has nothing to stop, which is no error
		var out bytes.Buffer
		if err := Down(t.Context(), dir, false, &out); err != nil || !strings.Contains(out.String(), "data stays in "+dir) {
			t.Fatalf("got %q, %v", out.String(), err)
		}
		if _, ok, err := ReadState(dir); ok || err != nil {
			t.Errorf("the ended run's state is still there: %t, %v", ok, err)
		}
		for _, f := range []string{"server/records.db", "etcd/data/x", "pki/ca.crt", "node/volumes/v/f"} {
			if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestDownDeleteLeavesNothing(t *testing.T) {
	dir := dataFolder(t)
	var out bytes.Buffer
	if err := Down(t.Context(), dir, true, &out); err != nil || !strings.Contains(out.String(), "removed") {
		t.Fatalf("got %q, %v", out.String(), err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v, %v", entries(t, dir), err)
	}
}

func TestDownDeleteLeavesWhatOthersPutThere(t *testing.T) {
	dir := dataFolder(t)
	write(t, filepath.Join(dir, "notes.txt"), "x")
	var out bytes.Buffer
	if err := Down(t.Context(), dir, true, &out); err != nil || !strings.Contains(out.String(), "it stays") {
		t.Errorf("got %q, %v", out.String(), err)
	}
	onlyEntries(t, dir, "notes.txt")
}

func TestDownRefusesADamagedState(t *testing.T) {
	dir := dataFolder(t)
	write(t, statePath(dir), "{")
	if err := Down(t.Context(), dir, true, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "etcd/data/x")); err != nil {
		t.Error(err)
	}
}

// child starts a shell with the mark of a data folder; it has ended once the channel is closed.
func child(t *testing.T, dir, script string) (*exec.Cmd, <-chan struct{}) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(os.Environ(), hostjournal.InstanceVariable+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that a failed test can end all of it
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // it says that it is ready
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
	})
	return cmd, ended
}

// On an existing cluster a killed `up` leaves its server, which no host journal knows.
func TestDownEndsTheServerOfAKilledRun(t *testing.T) {
	dir := dataFolder(t)
	_, ended := child(t, dir, "echo; exec sleep 600")
	if err := Down(t.Context(), dir, false, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	<-ended
}

func TestDownStopsARunThatIsAlive(t *testing.T) {
	dir := dataFolder(t)
	cmd, ended := child(t, "", "echo; exec sleep 600")
	started, err := hostjournal.StartTime(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := (State{PID: cmd.Process.Pid, Started: started, Phase: "running"}).write(dir); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Down(t.Context(), dir, false, &out); err != nil || !strings.Contains(out.String(), "stopping the platform") {
		t.Errorf("got %q, %v", out.String(), err)
	}
	<-ended
}

func TestEndProcess(t *testing.T) {
	t.Run("a stubborn one is killed", func(t *testing.T) {
		cmd, ended := child(t, "", "trap '' TERM; echo; while :; do sleep 600; done")
		started, err := hostjournal.StartTime(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := endProcess(t.Context(), cmd.Process.Pid, started, time.Millisecond); err != nil {
			t.Fatal(err)
		}
		<-ended
	})
	t.Run("another with the same pid is left alone", func(t *testing.T) {
		cmd, _ := child(t, "", "echo; exec sleep 600")
		started, err := hostjournal.StartTime(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := endProcess(t.Context(), cmd.Process.Pid, started-1, time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if now, err := hostjournal.StartTime(cmd.Process.Pid); err != nil || now != started {
			t.Errorf("it is gone: %v", err)
		}
	})
	t.Run("the wait ends with the context", func(t *testing.T) {
		cmd, _ := child(t, "", "trap '' TERM; echo; while :; do sleep 600; done")
		started, err := hostjournal.StartTime(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := endProcess(ctx, cmd.Process.Pid, started, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
