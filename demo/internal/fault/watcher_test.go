package fault

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mount writes a file the way the kubelet mounts a ConfigMap: a symlink to a
// folder that is swapped as a whole.
func mount(t *testing.T, dir, version, content string) {
	t.Helper()
	folder := filepath.Join(dir, version)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "faults.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	next := filepath.Join(dir, "..data_tmp")
	if err := os.Symlink(version, next); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
}

func TestWatcherFollowsTheMountedFile(t *testing.T) {
	dir := t.TempDir()
	var logged bytes.Buffer
	board := NewBoard(testRoles)
	ledger := newTestSwitch(t, "ledger", nil)
	board.Add("ledger", ledger)
	w := NewWatcher(filepath.Join(dir, "..data", "faults.yaml"), board, slog.New(slog.NewTextHandler(&logged, nil)))
	latency := func() int {
		spec, _ := ledger.Current()
		if spec.Latency == nil {
			return 0
		}
		return spec.Latency.MS
	}
	steps := []struct {
		name, content string
		want          int
		refused       bool
	}{
		{"first", "ledger: {latency: {ms: 10, share: 1}}", 10, false},
		{"changed", "ledger: {latency: {ms: 20, share: 1}}", 20, false},
		{"mistake keeps the last good", "ledger: {latency: {ms: 30, share: 7}}", 20, true},
		{"the same mistake is logged once", "ledger: {latency: {ms: 30, share: 7}}", 20, false},
		{"mistake in another role's part", "teller: {boom: {}}\nledger: {}", 20, true},
		{"too large", strings.Repeat("#", MaxBytes+5), 20, true},
		{"other roles only", "teller: {latency: {ms: 1, share: 1}}", 0, false},
	}
	w.Poll()
	if latency() != 0 || logged.Len() != 0 {
		t.Fatalf("a file that is not there: latency %d, log %s", latency(), &logged)
	}
	for i, step := range steps {
		logged.Reset()
		mount(t, dir, string(rune('a'+i)), step.content)
		w.Poll()
		if latency() != step.want {
			t.Errorf("%s: latency %d, want %d", step.name, latency(), step.want)
		}
		if refused := strings.Contains(logged.String(), "refused"); refused != step.refused {
			t.Errorf("%s: log %q", step.name, &logged)
		}
	}
}

func TestNewestChangeWins(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "..data", "faults.yaml")
	board := NewBoard(testRoles)
	ledger := newTestSwitch(t, "ledger", nil)
	board.Add("ledger", ledger)
	w := NewWatcher(path, board, slog.New(slog.DiscardHandler))
	mount(t, dir, "a", "ledger: {latency: {ms: 10, share: 1}}")
	w.Poll()
	board.Apply(Set{"ledger": {CPU: &CPU{Cores: 1}}}, "api")
	w.Poll()
	if spec, source := ledger.Current(); spec.CPU == nil || spec.Latency != nil || source != "api" {
		t.Errorf("a file that did not change undid the API: %+v from %s", spec, source)
	}
	mount(t, dir, "b", "")
	w.Poll()
	if spec, source := ledger.Current(); spec.CPU != nil || source != "file" {
		t.Errorf("a changed file did not win: %+v from %s", spec, source)
	}
}
