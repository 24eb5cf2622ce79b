package records_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kubemate.io/kubemate/internal/core/records"
)

func steps(n int) []records.Migration {
	all := []records.Migration{
		{Number: 1, Name: "one", SQL: "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX one_v ON one (v);"},
		{Number: 2, Name: "two", SQL: "ALTER TABLE one ADD COLUMN w TEXT"},
	}
	return all[:n]
}

func open(t *testing.T, path string, m []records.Migration) (*records.Store, error) {
	t.Helper()
	s, err := records.Open(context.Background(), path, m)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func TestMigrationsGoForwardAndKeepData(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "server", "odd name?#.db")
	s, err := open(t, path, steps(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write.ExecContext(ctx, "INSERT INTO one (v) VALUES ('kept')"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = open(t, path, steps(2)); err != nil {
		t.Fatal(err)
	}
	var v string
	if err := s.Read.QueryRowContext(ctx, "SELECT v FROM one WHERE w IS NULL").Scan(&v); err != nil || v != "kept" {
		t.Errorf("%q, %v", v, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v", info, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	changed := steps(1)
	changed[0].SQL += " "
	broken := append(steps(1), records.Migration{Number: 2, Name: "broken", SQL: "CREATE TABLE two (x); NONSENSE"})
	for name, c := range map[string]struct {
		prepare []records.Migration
		corrupt bool
		then    []records.Migration
		want    string
	}{
		"a newer schema":     {prepare: steps(2), then: steps(1), want: "newer Kubemate"},
		"a changed step":     {prepare: steps(1), then: changed, want: "another form"},
		"a gap":              {then: []records.Migration{{Number: 2, SQL: "SELECT 1"}}, want: "want 1"},
		"a broken step":      {prepare: steps(1), then: broken, want: "broken"},
		"a damaged database": {prepare: steps(1), corrupt: true, then: steps(1), want: "damaged.db"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "damaged.db")
			if c.prepare != nil {
				s, err := records.Open(context.Background(), path, c.prepare)
				if err != nil {
					t.Fatal(err)
				}
				_ = s.Close()
			}
			if c.corrupt {
				if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 500)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := open(t, path, c.then)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestFailedStepLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	broken := append(steps(1), records.Migration{Number: 2, Name: "broken", SQL: "CREATE TABLE two (x); NONSENSE"})
	if _, err := open(t, path, broken); err == nil {
		t.Fatal("a broken step was taken")
	}
	if _, err := open(t, path, steps(2)); err != nil {
		t.Errorf("after a failed step: %v", err)
	}
}

func TestManyWritersAndReaders(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "db"), steps(1))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	failed := make(chan error, 100)
	for i := range 20 {
		wait.Go(func() {
			if _, err := s.Write.Exec("INSERT INTO one (v) VALUES (?)", fmt.Sprint(i)); err != nil {
				failed <- err
			}
			var n int
			if err := s.Read.QueryRow("SELECT count(*) FROM one").Scan(&n); err != nil {
				failed <- err
			}
		})
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if _, err := s.Read.Exec("INSERT INTO one (v) VALUES ('x')"); err == nil {
		t.Error("a reading connection could write")
	}
}
