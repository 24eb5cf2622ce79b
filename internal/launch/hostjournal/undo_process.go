package hostjournal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// InstanceVariable is set in the environment of every process that an instance starts.
const InstanceVariable = "KUBEMATE_INSTANCE"

const (
	termWait = 10 * time.Second
	killWait = 20 * time.Second
)

// undoProcess ends all processes marked with e.Name: SIGTERM, then SIGKILL.
func undoProcess(ctx context.Context, e Entry) error {
	if err := endMarked(ctx, e.Name, syscall.SIGTERM, termWait); err == nil {
		return nil
	}
	return endMarked(ctx, e.Name, syscall.SIGKILL, killWait)
}

// endMarked sends sig to the marked processes, also to those that they start meanwhile, until there are none.
func endMarked(ctx context.Context, instance string, sig syscall.Signal, wait time.Duration) error {
	deadline := time.Now().Add(wait)
	signalled := map[int]bool{}
	for {
		pids, err := Marked(instance)
		if err != nil {
			return err
		}
		if len(pids) == 0 {
			return nil
		}
		for _, pid := range pids {
			if !signalled[pid] || sig == syscall.SIGKILL {
				_ = syscall.Kill(pid, sig)
				signalled[pid] = true
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v did not end", pids)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Marked lists the living processes whose environment carries the instance's mark, without the caller's own.
func Marked(instance string) ([]int, error) {
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil, err
	}
	mark := []byte("\x00" + InstanceVariable + "=" + instance + "\x00")
	var pids []int
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		// Gone, a zombie, or somebody else's: not ours to end.
		env, err := os.ReadFile(file)
		if err != nil || len(env) == 0 {
			continue
		}
		if bytes.Contains(append([]byte{0}, env...), mark) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// StartTime of a process in clock ticks since boot: together with the pid it names a process for good. A process that
// ended has none, also while its parent has not asked for its exit code: in a container, often nobody does.
func StartTime(pid int) (uint64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The command's name stands in parentheses and may hold anything; fields are counted from its end.
	end := strings.LastIndexByte(string(data), ')')
	if end < 0 {
		return 0, errors.New("unexpected /proc/pid/stat")
	}
	fields := strings.Fields(string(data[end+1:]))
	const threads, startTime = 17, 19 // fields 20 and 22 of proc(5), the third is the first one here
	if len(fields) <= startTime {
		return 0, errors.New("unexpected /proc/pid/stat")
	}
	// The first thread may have ended while others still hold files, locks and ports.
	if state := fields[0]; (state == "Z" || state == "X") && fields[threads] == "1" {
		return 0, fmt.Errorf("process %d has ended", pid)
	}
	return strconv.ParseUint(fields[startTime], 10, 64)
}
