package resources

import (
	"slices"
	"testing"
)

func TestLogsFollowReconnectsWithoutLossOrDouble(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "one"), stamped(2, 5, "two"), stamped(2, 5, "two again"))
	f := c.follow("pods", "web-0", "follow=true")
	got := f.until("web-0/app two again")
	c.change(func() { c.cutting++; c.down = true })
	got = append(got, f.until("!waiting web-0/app")...)
	c.change(func() { c.down, c.refusing = false, true })
	got = append(got, f.until("!waiting web-0/app")...)
	c.change(func() { c.refusing = false })
	c.log("web-0", "app", stamped(2, 5, "same moment"), stamped(2, 6, "three"), stamped(4, 0, "four"))
	got = append(got, f.until("web-0/app four")...)
	want := []string{"web-0/app one", "web-0/app two", "web-0/app two again", "web-0/app same moment", "web-0/app three", "web-0/app four"}
	if !slices.Equal(messages(got), want) {
		t.Fatalf("got %q, want %q", messages(got), want)
	}
	if slices.Contains(got, "!gap web-0/app") {
		t.Fatalf("a gap was told where nothing is missing: %q", got)
	}
}

func TestLogsFollowTellsGapAfterRotation(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "one"))
	f := c.follow("pods", "web-0", "follow=true")
	f.until("web-0/app one")
	c.change(func() {
		c.cutting++
		c.pods["web-0"].containers["app"].runs[0].lines = []string{stamped(9, 0, "nine")}
	})
	got := f.until("web-0/app nine")
	if !slices.Contains(got, "!gap web-0/app") {
		t.Fatalf("no gap before the lines after a rotation: %q", got)
	}
}

func TestLogsFollowRestarts(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "first run"))
	f := c.follow("pods", "web-0", "follow=true")
	f.until("web-0/app first run")
	c.change(func() {
		l := c.pods["web-0"].containers["app"]
		l.runs[0].lines = append(l.runs[0].lines, stamped(2, 0, "last words"))
		l.runs[0].over, l.runs[0].exit = true, 1
	})
	got := f.until("!end web-0/app")
	c.change(func() {
		l := c.pods["web-0"].containers["app"]
		l.runs = append(l.runs, &fakeRun{lines: []string{stamped(3, 0, "second run")}})
	})
	got = append(got, f.until("web-0/app second run")...)
	if want := []string{"web-0/app last words", "web-0/app second run"}; !slices.Equal(messages(got), want) {
		t.Fatalf("got %q, want %q", messages(got), want)
	}
	if slices.Contains(got, "!gap web-0/app") {
		t.Fatalf("gap told: %q", got)
	}
}

func TestLogsFollowReadsEndOfRunLostInAnOutage(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "one"))
	f := c.follow("pods", "web-0", "follow=true")
	f.until("web-0/app one")
	c.change(func() {
		c.cutting++
		l := c.pods["web-0"].containers["app"]
		l.runs[0].lines = append(l.runs[0].lines, stamped(2, 0, "panic"))
		l.runs[0].over = true
		l.runs = append(l.runs, &fakeRun{lines: []string{stamped(3, 0, "up again")}})
	})
	got := f.until("web-0/app up again")
	if want := []string{"web-0/app panic", "web-0/app up again"}; !slices.Equal(messages(got), want) {
		t.Fatalf("got %q, want %q", messages(got), want)
	}
}

func TestLogsFollowEnds(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("job-0", "app")
	c.change(func() { c.pods["job-0"].pod.Spec.RestartPolicy = "Never" })
	c.log("job-0", "app", stamped(1, 0, "done"))
	f := c.follow("pods", "job-0", "follow=true")
	f.until("job-0/app done")
	c.change(func() { c.pods["job-0"].containers["app"].runs[0].over = true })
	f.until("!end job-0/app")
	if rest := f.rest(); len(rest) > 0 {
		t.Fatalf("after the end came %q", rest)
	}
}

func TestLogsFollowPodDeleted(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "one"))
	f := c.follow("pods", "web-0", "follow=true")
	f.until("web-0/app one")
	c.change(func() { c.cutting++; delete(c.pods, "web-0") })
	f.until("!end web-0/app")
	f.rest()
}

func TestLogsOfWorkloadNewPodsJoin(t *testing.T) {
	c := newFakeConsole(t)
	c.workload = map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "namespace": "bank"},
		"spec": map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}},
	}
	c.addPod("web-0", "app")
	c.addPod("other-0", "app")
	c.change(func() { c.pods["other-0"].pod.Labels = map[string]string{"app": "other"} })
	c.log("web-0", "app", stamped(1, 0, "zero"))
	c.log("other-0", "app", stamped(1, 0, "never"))
	f := c.follow("deployments.apps", "web", "follow=true")
	got := f.until("web-0/app zero")
	c.addPod("web-1", "app")
	c.log("web-1", "app", stamped(2, 0, "one"))
	got = append(got, f.until("web-1/app one")...)
	if want := []string{"web-0/app zero", "web-1/app one"}; !slices.Equal(messages(got), want) {
		t.Fatalf("got %q, want %q", messages(got), want)
	}
	f.stop()
}
