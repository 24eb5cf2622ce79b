package hostjournal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kubemate.io/kubemate/internal/launch/durable"
)

// Entry is one change of the host.
type Entry struct {
	Kind Kind `json:"kind"`
	// Name of what is changed: an interface, a folder, a sysctl, ….
	Name string `json:"name"`
	// Before is the former value of a sysctl; "present" for a path and "absent" for an iptables table say what was there.
	Before string `json:"before,omitempty"`
	// Patterns of files to remove below a path.
	Patterns []string `json:"patterns,omitempty"`
	// Mentioning are patterns of files below a path that are ours only if they mention DataDir.
	Mentioning []string `json:"mentioning,omitempty"`
	// DataDir is the instance's folder: symbolic links into it, below a path, are ours.
	DataDir string `json:"dataDir,omitempty"`
	// Boot is the boot's id: what lives in the kernel's memory is gone after another boot.
	Boot string `json:"boot"`
}

// Kind of a change.
type Kind string

// The kinds of changes.
const (
	Process  Kind = "process"
	Cgroup   Kind = "cgroup"
	Mount    Kind = "mount"
	Link     Kind = "link"
	NFTable  Kind = "nft"
	IPTables Kind = "iptables"
	Sysctl   Kind = "sysctl"
	Path     Kind = "path"
	Module   Kind = "module"
)

func (e Entry) same(o Entry) bool { return e.Kind == o.Kind && e.Name == o.Name }

// Journal is an open journal file. It is used by one goroutine at a time.
type Journal struct {
	path    string
	boot    string
	log     *slog.Logger
	entries []Entry
	undoers map[Kind]undoer
}

// undoer undoes one entry; done already is no error.
type undoer func(ctx context.Context, e Entry) error

// Open reads the journal at path, or begins an empty one.
func Open(path string, log *slog.Logger) (*Journal, error) {
	boot, err := bootID()
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, boot: boot, log: log}
	j.undoers = map[Kind]undoer{
		Process: undoProcess, Cgroup: undoCgroup, Mount: undoMount, Link: undoLink,
		NFTable: undoNFTable, IPTables: undoIPTables, Sysctl: j.undoSysctl, Path: undoPath, Module: undoModule,
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, fmt.Errorf("host journal: %w", err)
	}
	if j.entries, err = parse(data); err != nil {
		return nil, fmt.Errorf("host journal %s: %w", path, err)
	}
	return j, nil
}

// parse reads one entry per line. A last line without its end was being written when the process died: the change that
// it announces was not made, so it is dropped.
func parse(data []byte) ([]Entry, error) {
	if end := bytes.LastIndexByte(data, '\n'); end < len(data)-1 {
		data = data[:end+1]
	}
	var entries []Entry
	scanner := bufio.NewScanner(bytes.NewReader(data))
	for line := 1; scanner.Scan(); line++ {
		if len(bytes.TrimSpace(scanner.Bytes())) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(scanner.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if e.Kind == "" || e.Name == "" {
			return nil, fmt.Errorf("line %d: an entry needs a kind and a name", line)
		}
		entries = append(entries, e)
	}
	return entries, scanner.Err()
}

// Record writes the entries to the disk. When it returns nil, the changes may be made. A change that stands in the
// journal already keeps its first entry, which holds the oldest former value.
func (j *Journal) Record(entries ...Entry) error {
	next := slices.Clone(j.entries)
	for _, e := range entries {
		if j.undoers[e.Kind] == nil {
			return fmt.Errorf("host journal: unknown kind %q", e.Kind)
		}
		if slices.ContainsFunc(next, e.same) {
			continue
		}
		e.Boot = j.boot
		next = append(next, e)
	}
	return j.replace(next)
}

// replace rewrites the file as a whole: it is small, and written a handful of times per start.
func (j *Journal) replace(entries []Entry) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return fmt.Errorf("host journal: %w", err)
	}
	if err := durable.WriteFile(j.path, text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("host journal: %w", err)
	}
	j.entries = entries
	return nil
}

// Entries that are not undone, oldest first.
func (j *Journal) Entries() []Entry { return slices.Clone(j.entries) }

// Undo undoes all entries, last first, and removes the journal when nothing is left. What fails stays in the journal;
// the error names each.
func (j *Journal) Undo(ctx context.Context) error {
	var left []Entry
	var errs []error
	for _, e := range slices.Backward(j.entries) {
		if err := j.undoers[e.Kind](ctx, e); err != nil {
			errs = append(errs, fmt.Errorf("undo %s %s: %w", e.Kind, e.Name, err))
			left = append(left, e)
			continue
		}
		j.log.Debug("undone", "kind", e.Kind, "name", e.Name)
	}
	slices.Reverse(left)
	if len(left) > 0 {
		return errors.Join(append(errs, j.replace(left))...)
	}
	j.entries = nil
	if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func bootID() (string, error) {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("read the boot id: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}
