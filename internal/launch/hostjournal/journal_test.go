package hostjournal

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// open opens a journal whose undoing is played by undo.
func open(t *testing.T, path string, undo undoer) *Journal {
	t.Helper()
	j, err := Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for kind := range j.undoers {
		if undo != nil {
			j.undoers[kind] = undo
		}
	}
	return j
}

func TestUndoGoesBackwardsAndKeepsWhatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "journal")
	j := open(t, path, nil)
	if err := j.Record(Entry{Kind: Link, Name: "a"}, Entry{Kind: Mount, Name: "/b"}, Entry{Kind: Link, Name: "c"}); err != nil {
		t.Fatal(err)
	}
	var order []string
	refuse := true
	undo := func(_ context.Context, e Entry) error {
		order = append(order, e.Name)
		if e.Name == "/b" && refuse {
			return errors.New("busy")
		}
		return nil
	}
	if err := open(t, path, undo).Undo(t.Context()); err == nil {
		t.Fatal("a failed undo was not reported")
	}
	if want := []string{"c", "/b", "a"}; !slices.Equal(order, want) {
		t.Errorf("undone in the order %v, want %v", order, want)
	}
	refuse, order = false, nil
	again := open(t, path, undo)
	if err := again.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/b"}; !slices.Equal(order, want) {
		t.Errorf("the second time %v were undone, want %v", order, want)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty journal stays: %v", err)
	}
}

func TestRecordKeepsTheOldestFormerValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := open(t, path, nil).Record(Entry{Kind: Sysctl, Name: "x", Before: "0"}); err != nil {
		t.Fatal(err)
	}
	j := open(t, path, nil)
	if err := j.Record(Entry{Kind: Sysctl, Name: "x", Before: "1"}); err != nil {
		t.Fatal(err)
	}
	if got := j.Entries(); len(got) != 1 || got[0].Before != "0" {
		t.Errorf("entries are %+v", got)
	}
}

func TestParse(t *testing.T) {
	for name, tc := range map[string]struct {
		text    string
		want    int
		wantErr bool
	}{
		"empty":              {"", 0, false},
		"one":                {`{"kind":"link","name":"a"}` + "\n", 1, false},
		"torn last line":     {`{"kind":"link","name":"a"}` + "\n" + `{"kind":"li`, 1, false},
		"torn only line":     {`{"kind":"li`, 0, false},
		"damaged":            {"garbage\n" + `{"kind":"link","name":"a"}` + "\n", 0, true},
		"entry without name": {`{"kind":"link"}` + "\n", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse([]byte(tc.text))
			if len(got) != tc.want || (err != nil) != tc.wantErr {
				t.Errorf("parse gave %d entries and %v", len(got), err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"kind":"link","name":"a"}` + "\n"))
	f.Add([]byte("{}\n\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parse(data)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Kind == "" || e.Name == "" {
				t.Errorf("an entry without kind or name passed: %+v", e)
			}
		}
	})
}

func TestUnknownKindIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := open(t, path, nil).Record(Entry{Kind: "spell", Name: "x"}); err == nil {
		t.Error("a kind that nobody can undo was recorded")
	}
}

func TestSysctlOfAnotherBootStays(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"), nil)
	// No such setting: reading it would be an error, if it were tried and the file were there.
	if err := j.undoSysctl(t.Context(), Entry{Kind: Sysctl, Name: "kernel.ostype", Before: "changed", Boot: "another"}); err != nil {
		t.Errorf("after another boot: %v", err)
	}
	if err := j.undoSysctl(t.Context(), Entry{Kind: Sysctl, Name: "no.such.setting", Before: "1", Boot: j.boot}); err != nil {
		t.Errorf("a setting that is gone: %v", err)
	}
}
