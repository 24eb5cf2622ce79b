package ledger

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"kubemate.io/kubemate/demo/internal/bank"
)

// written makes a journal with n entries and gives its path.
func written(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j, b, torn, err := openJournal(path, newOpening("books", 10))
	if err != nil || torn {
		t.Fatal(torn, err)
	}
	for i := range n {
		c := entry(b, transfer(fmt.Sprintf("tr-%d", i), 10))
		if err := j.append(c); err != nil {
			t.Fatal(err)
		}
		if err := b.enter(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJournalRecovers(t *testing.T) {
	whole := func(data []byte) []byte { return data }
	tests := []struct {
		name   string
		damage func([]byte) []byte
		seq    uint64
		torn   bool
		fails  bool
	}{
		{"whole", whole, 5, false, false},
		{"last line without its end", func(d []byte) []byte { return d[:len(d)-7] }, 4, true, false},
		{"last newline missing", func(d []byte) []byte { return d[:len(d)-1] }, 4, true, false},
		{"first bytes of a line", func(d []byte) []byte { return append(d, "0123"...) }, 5, true, false},
		{"last line garbled", func(d []byte) []byte { d[len(d)-20] ^= 1; return d }, 4, true, false},
		{"zeros after a crash", func(d []byte) []byte { return append(d, make([]byte, 4096)...) }, 5, true, false},
		{"middle line garbled", func(d []byte) []byte { d[bytes.IndexByte(d, '\n')+20] ^= 1; return d }, 0, false, true},
		{"opening garbled", func(d []byte) []byte { d[30] ^= 1; return d }, 0, false, true},
		{"middle line missing", func(d []byte) []byte {
			lines := bytes.SplitAfter(d, []byte("\n"))
			return bytes.Join(append(lines[:3], lines[4:]...), nil)
		}, 0, false, true},
		{"opening missing", func(d []byte) []byte { return d[bytes.IndexByte(d, '\n')+1:] }, 0, false, true},
		{"opening without its newline", func(d []byte) []byte {
			return append(d[:bytes.IndexByte(d, '\n')], '0')
		}, 0, false, true},
		{"empty", func([]byte) []byte { return nil }, 0, false, true},
		{"something else", func([]byte) []byte { return []byte("hello\n") }, 0, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := written(t, 5)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			j, b, torn, err := openJournal(path, newOpening("other", 10))
			if (err != nil) != tt.fails {
				t.Fatalf("error %v", err)
			}
			if tt.fails {
				return
			}
			if b.seq() != tt.seq || torn != tt.torn || b.opening.Epoch != "books" {
				t.Errorf("seq %d torn %v epoch %s", b.seq(), torn, b.opening.Epoch)
			}
			requireBalanced(t, b)
			requireAppendable(t, j, b, path)
		})
	}
}

// requireAppendable checks that a recovered journal goes on cleanly.
func requireAppendable(t *testing.T, j *journal, b *book, path string) {
	t.Helper()
	c := entry(b, transfer("tr-next", 10))
	if err := j.append(c); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	j, again, torn, err := openJournal(path, opening{})
	if err != nil || torn || again.seq() != c.Seq {
		t.Fatalf("after one more entry: seq %d, torn %v, %v", again.seq(), torn, err)
	}
	if err := j.close(); err != nil {
		t.Error(err)
	}
}

func TestCompactKeepsEverythingThatMatters(t *testing.T) {
	path := written(t, 0)
	j, b, _, err := openJournal(path, opening{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range kept + 100 {
		c := entry(b, transfer(fmt.Sprintf("tr-%d", i), 1))
		if err := b.enter(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.compact(b); err != nil {
		t.Fatal(err)
	}
	size := j.size
	requireAppendable(t, j, b, path)
	j, again, _, err := openJournal(path, opening{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.close() }()
	if again.balances["C000001"] != bank.OpeningMinor-kept-100-10 {
		t.Errorf("balance %d", again.balances["C000001"])
	}
	if _, found, err := again.find(transfer(fmt.Sprintf("tr-%d", kept), 1)); !found || err != nil {
		t.Errorf("a recent transfer is forgotten: %v", err)
	}
	if j.size <= size {
		t.Errorf("size %d after %d and one more entry", j.size, size)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

func TestAppendFailureLeavesTheJournalWhole(t *testing.T) {
	path := written(t, 2)
	j, b, _, err := openJournal(path, opening{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.file.Close(); err != nil { // from here on, every write fails
		t.Fatal(err)
	}
	if err := j.append(entry(b, transfer("tr-lost", 10))); err == nil {
		t.Fatal("no error")
	}
	if j.broken == nil {
		t.Error("a journal whose end is unknown goes on")
	}
	j, again, torn, err := openJournal(path, opening{})
	if err != nil || torn || again.seq() != 2 {
		t.Errorf("seq %d torn %v error %v", again.seq(), torn, err)
	}
	_ = j.close()
}

func FuzzReplay(f *testing.F) {
	line := func(r record) []byte {
		data, err := encode(r)
		if err != nil {
			f.Fatal(err)
		}
		return data
	}
	o := newOpening("e", 2)
	first := line(record{Opening: &o})
	f.Add(first)
	f.Add(append(first, line(record{Commit: &bank.Commit{Seq: 1, TransferID: "t", From: "C000001", To: "C000002", AmountMinor: 5}})...))
	f.Add([]byte("00000000 {}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, good, _, err := replay(bytes.NewReader(data))
		if err != nil {
			return
		}
		if good < 1 || good > int64(len(data)) || data[good-1] != '\n' {
			t.Fatalf("%d good bytes of %d", good, len(data))
		}
		again, size, torn, err := replay(bytes.NewReader(data[:good]))
		if err != nil || torn || size != good || again.seq() != b.seq() {
			t.Fatalf("what was good is not: %v", err)
		}
	})
}
