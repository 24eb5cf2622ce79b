package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

func TestWaitEndsAtTermination(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		signals := make(chan os.Signal, 2)
		signals <- syscall.SIGCHLD
		signals <- s
		reaped := 0
		if code := wait(signals, func() { reaped++ }); code != 0 {
			t.Errorf("%v: exit code %d, want 0", s, code)
		}
		if reaped != 2 {
			t.Errorf("%v: reaped %d times, want once at the start and once at SIGCHLD", s, reaped)
		}
	}
}

func TestReapCollectsEveryDeadChild(t *testing.T) {
	var pids []int
	for range 3 {
		// The processes are started beneath os/exec, which would wait for them itself.
		path, err := exec.LookPath("true")
		if err != nil {
			t.Fatal(err)
		}
		pid, err := syscall.ForkExec(path, []string{"true"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	for _, pid := range pids {
		for {
			reap()
			// A collected child is no child of ours any more.
			if _, err := syscall.Wait4(pid, nil, syscall.WNOHANG, nil); err == syscall.ECHILD {
				break
			}
		}
	}
}
