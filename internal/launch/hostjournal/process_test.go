package hostjournal

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// sleeper starts a process with a mark; trap makes it ignore SIGTERM.
func sleeper(t *testing.T, instance string, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(os.Environ(), InstanceVariable+"="+instance)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func TestUndoProcessEndsMarkedProcessesOnly(t *testing.T) {
	mine, other := t.TempDir(), t.TempDir()
	a := sleeper(t, mine, "sleep 100 & wait") // a child of a child carries the mark too
	b := sleeper(t, other, "sleep 100")
	prefix := sleeper(t, mine+"-longer", "sleep 100")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.Wait()
	}()
	if err := undoProcess(t.Context(), Entry{Kind: Process, Name: mine}); err != nil {
		t.Fatal(err)
	}
	<-ended
	if left, err := Marked(mine); err != nil || len(left) > 0 {
		t.Errorf("still there: %v, %v", left, err)
	}
	for _, alive := range []struct {
		instance string
		cmd      *exec.Cmd
	}{{other, b}, {mine + "-longer", prefix}} {
		pids, err := Marked(alive.instance)
		if err != nil || !slices.Contains(pids, alive.cmd.Process.Pid) {
			t.Errorf("the process of %s was ended too: %v, %v", alive.instance, pids, err)
		}
	}
}

func TestStartTimeTellsProcessesApart(t *testing.T) {
	first, err := StartTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	again, err := StartTime(os.Getpid())
	if err != nil || first != again {
		t.Errorf("start time changed from %d to %d, %v", first, again, err)
	}
	if _, err := StartTime(1 << 30); err == nil {
		t.Error("a pid that can't be has a start time")
	}
}

// Where process 1 does not wait for orphans, as in many containers, a killed one stays forever.
func TestEndedProcessHasNoStartTime(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// WNOWAIT leaves it to be waited for.
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := StartTime(cmd.Process.Pid); err == nil {
		t.Error("it has ended and counts as alive")
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
