package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// folder is a data folder with a place for the state.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// running is the state of a run that is alive: this process.
func running(t *testing.T) State {
	t.Helper()
	started, err := hostjournal.StartTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return State{PID: os.Getpid(), Started: started, Phase: "starting", Mode: ModeSimulated, Version: "v9"}
}

func TestStateIsReadAsWritten(t *testing.T) {
	dir := folder(t)
	want := State{
		PID: 7, Started: 1 << 40, Since: time.Date(2026, 5, 1, 8, 0, 0, 5, time.UTC), Address: "http://127.0.0.1:8090/",
		Mode: ModeNode, Phase: "running", Stage: "ready", Version: "v1", Demo: true,
	}
	if err := want.write(dir); err != nil {
		t.Fatal(err)
	}
	got, ok, err := ReadState(dir)
	if err != nil || !ok || got != want {
		t.Errorf("got %+v, %t, %v", got, ok, err)
	}
	if info, err := os.Stat(statePath(dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestNoStateIsNoError(t *testing.T) {
	for name, dir := range map[string]string{"no file": folder(t), "no folder": filepath.Join(t.TempDir(), "none")} {
		if s, ok, err := ReadState(dir); ok || err != nil || s != (State{}) {
			t.Errorf("%s: %+v, %t, %v", name, s, ok, err)
		}
	}
}

func TestDamagedStateIsNamed(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "half": `{"pid": 12, "phase": "run`, "other": `{"pid": "twelve"}`, "binary": "\x00\x01"} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			write(t, statePath(dir), text)
			_, ok, err := ReadState(dir)
			if ok || err == nil || !strings.Contains(err.Error(), statePath(dir)+" is damaged") || !strings.Contains(err.Error(), "remove it") {
				t.Errorf("%t, %v", ok, err)
			}
		})
	}
}

// A write that was cut off leaves its own file; the state is the old one.
func TestHalfWrittenStateIsNotRead(t *testing.T) {
	dir := folder(t)
	old := State{PID: 1, Phase: "running"}
	if err := old.write(dir); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "run", ".up.json.123"), `{"pid": 2, "pha`)
	if got, ok, err := ReadState(dir); err != nil || !ok || got != old {
		t.Errorf("got %+v, %t, %v", got, ok, err)
	}
}

func TestAliveTellsReusedPIDsApart(t *testing.T) {
	now := running(t)
	reused := now
	reused.Started--
	for name, c := range map[string]struct {
		s    State
		want bool
	}{"this process": {now, true}, "pid of another": {reused, false}, "none": {State{}, false}, "ended": {State{PID: 1 << 30, Started: 1}, false}} {
		if c.s.alive() != c.want {
			t.Errorf("%s: alive is %t", name, !c.want)
		}
	}
}

func TestSecondRunIsRefused(t *testing.T) {
	alive := running(t)
	shown := alive
	shown.Phase, shown.Address = "running", "http://127.0.0.1:8090/"
	ended := alive
	ended.Started--
	for _, c := range []struct {
		name string
		s    *State
		want []string
	}{
		{"none before", nil, nil},
		{"killed", &ended, nil},
		{"starting", &alive, []string{"already running", "it is starting", "kubemate down"}},
		{"running", &shown, []string{"already running", "http://127.0.0.1:8090/", "kubemate down"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t)
			if c.s != nil {
				if err := c.s.write(dir); err != nil {
					t.Fatal(err)
				}
			}
			err := refuseSecond(dir)
			if (err == nil) != (c.want == nil) {
				t.Fatalf("got %v", err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), dir) {
					t.Errorf("%q or the folder is not in: %v", part, err)
				}
			}
		})
	}
	t.Run("damaged", func(t *testing.T) {
		dir := folder(t)
		write(t, statePath(dir), "{")
		if err := refuseSecond(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("got %v", err)
		}
	})
}
