//go:build node

package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/hostjournal"
	"kubemate.io/kubemate/internal/testkit"
)

// childOptions in the environment makes the test binary run a cluster in the foreground instead of tests: the process
// that the crash tests kill.
const childOptions = "KUBEMATE_TEST_CLUSTER"

func TestMain(m *testing.M) {
	text := os.Getenv(childOptions)
	if text == "" {
		os.Exit(m.Run())
	}
	var o embedded.Options
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Println("options:", err)
		os.Exit(1)
	}
	o.Progress = func(stage, _ string) { fmt.Println("stage", stage) }
	if _, err := embedded.Start(context.Background(), o); err != nil {
		fmt.Println("start:", err)
		os.Exit(1)
	}
	fmt.Println("stage ready")
	select {}
}

// startChild starts a cluster in a process of its own and returns at the given stage.
func startChild(t *testing.T, o embedded.Options, stage string) *exec.Cmd {
	t.Helper()
	o.Log, o.Progress = nil, nil
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childOptions+"="+string(text))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "stage "+stage {
			return cmd
		}
		if strings.HasPrefix(lines.Text(), "start:") {
			t.Fatal(lines.Text())
		}
	}
	t.Fatalf("the child ended before stage %s", stage)
	return nil
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("wait: %v", err)
	}
}

// killAll kills the cluster's processes too, as a power cut would, but the host's state stays.
func killAll(t *testing.T, dir string) {
	t.Helper()
	pids, err := hostjournal.Marked(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// TestNodeKilled: the supervising process is killed at several moments, alone or with all others; deleting leaves a clean
// host.
func TestNodeKilled(t *testing.T) {
	images := serveImages(t)
	for _, tc := range []struct {
		stage string
		delay time.Duration
		all   bool
	}{
		{stage: "host"},
		{stage: "host", delay: 30 * time.Millisecond},
		{stage: "containerd", delay: 100 * time.Millisecond},
		{stage: "control-plane", delay: time.Second, all: true},
		{stage: "node", delay: 200 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%s+%s", tc.stage, tc.delay), func(t *testing.T) {
			before := testkit.TakeHost(t)
			dir := dataDir(t)
			child := startChild(t, nodeOptions(t, dir, images), tc.stage)
			time.Sleep(tc.delay) // not a wait for something: the moment of the kill
			kill(t, child)
			if tc.all {
				killAll(t, dir)
			}
			if err := embedded.Delete(t.Context(), dir, testLog(t)); err != nil {
				t.Fatal(err)
			}
			before.Compare(t)
		})
	}
}

// TestNodeKilledRecovers: with a pod running, the supervisor is killed, and later everything; each time the next start has
// the node and the pod back, with its data.
func TestNodeKilledRecovers(t *testing.T) {
	before := testkit.TakeHost(t)
	dir := dataDir(t)
	o := nodeOptions(t, dir, serveImages(t))

	child := startChild(t, o, "ready")
	c := runningCluster(t, dir)
	createWorkload(t, c)
	answers(t, c, 1)
	if _, err := embedded.Start(t.Context(), o); !errors.Is(err, embedded.ErrRunning) {
		t.Errorf("a second start in the same folder: %v", err)
	}
	kill(t, child)

	child = startChild(t, o, "ready")
	answers(t, c, 2)
	kill(t, child)
	killAll(t, dir)

	cluster, client := startNode(t, o)
	answers(t, client, 3)
	status, err := cluster.Status(t.Context())
	if err != nil || !status.Healthy() {
		t.Errorf("status is %+v, %v", status, err)
	}
	stopNode(t, cluster)
	if err := embedded.Delete(t.Context(), dir, testLog(t)); err != nil {
		t.Fatal(err)
	}
	before.Compare(t)
}

// TestNodeProcessesComeBack: each process of a running cluster is killed, and the cluster heals by itself; the pod of a
// killed container runtime goes on.
func TestNodeProcessesComeBack(t *testing.T) {
	dir := dataDir(t)
	o := nodeOptions(t, dir, serveImages(t))
	cluster, client := startNode(t, o)
	defer stopNode(t, cluster)
	createWorkload(t, client)
	answers(t, client, 1)
	status, err := cluster.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range status.Processes {
		t.Run(p.Name, func(t *testing.T) {
			if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			within(t, p.Name+" runs again", func() error {
				now, err := cluster.Status(t.Context())
				if err != nil {
					return err
				}
				for _, n := range now.Processes {
					if n.Name == p.Name && (n.PID == 0 || n.PID == p.PID) {
						return fmt.Errorf("%s has pid %d", n.Name, n.PID)
					}
				}
				if !now.Healthy() {
					return fmt.Errorf("unhealthy: %+v", now)
				}
				return nil
			})
			answers(t, client, 1)
		})
	}
}
