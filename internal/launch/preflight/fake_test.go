package preflight

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// fakeHost is a machine made of a map of files; it is a good one until a test spoils it.
type fakeHost struct {
	uid        int
	files      fstest.MapFS
	programs   map[string]bool
	owner      int
	free       uint64
	busy       map[string]bool
	listeners  map[int]Proc
	locked     map[string]bool
	interfaces []NetInterface
	processes  []Proc
	noNetwork  string // the program whose try fails
	noOverlay  bool
	ruleset    string
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), Mode: 0o600} }

func goodHost() *fakeHost {
	h := &fakeHost{
		files: fstest.MapFS{
			"proc/self/status":                       file("Name:\tx\nCapEff:\t000001ffffffffff\n"),
			"proc/meminfo":                           file("MemTotal: 9\nMemAvailable:    8388608 kB\n"),
			"proc/sys/fs/inotify/max_user_instances": file("512\n"),
			"proc/sys/fs/inotify/max_user_watches":   file("65536\n"),
			"sys/fs/cgroup/cgroup.controllers":       file("cpuset cpu io memory pids\n"),
			"var/lib/other":                          &fstest.MapFile{Mode: fs.ModeDir | 0o755},
		},
		programs:   map[string]bool{},
		free:       100 << 30,
		busy:       map[string]bool{},
		listeners:  map[int]Proc{},
		locked:     map[string]bool{},
		interfaces: []NetInterface{{Name: "lo", Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}}},
	}
	for _, t := range tools {
		h.programs[t.program] = true
	}
	for _, p := range cniPlugins {
		h.files["usr/lib/cni/"+p] = file("x")
	}
	return h
}

func rel(path string) string { return strings.TrimPrefix(filepath.Clean(path), "/") }

func (h *fakeHost) UID() int                                   { return h.uid }
func (h *fakeHost) ReadFile(path string) ([]byte, error)       { return h.files.ReadFile(rel(path)) }
func (h *fakeHost) Stat(path string) (fs.FileInfo, error)      { return h.files.Stat(rel(path)) }
func (h *fakeHost) ReadDir(path string) ([]fs.DirEntry, error) { return h.files.ReadDir(rel(path)) }
func (h *fakeHost) Owner(string) (int, error)                  { return h.owner, nil }
func (h *fakeHost) DiskFree(string) (uint64, error)            { return h.free, nil }
func (h *fakeHost) Listener(port int) Proc                     { return h.listeners[port] }
func (h *fakeHost) Interfaces() ([]NetInterface, error)        { return h.interfaces, nil }
func (h *fakeHost) Processes() ([]Proc, error)                 { return h.processes, nil }

func (h *fakeHost) Locked(path string) (bool, error) {
	if _, err := h.files.Stat(rel(path)); err != nil {
		return false, err
	}
	return h.locked[path], nil
}

func (h *fakeHost) LookPath(name string) (string, error) {
	if h.programs[name] {
		return "/usr/sbin/" + name, nil
	}
	return "", fs.ErrNotExist
}

func (h *fakeHost) Listen(_ context.Context, address string) error {
	if h.busy[address] {
		return errors.New("address already in use")
	}
	return nil
}

func (h *fakeHost) TryNetwork(_ context.Context, _, name string, _ ...string) error {
	if h.noNetwork == name {
		return errors.New("operation not supported")
	}
	return nil
}

func (h *fakeHost) TryOverlay(context.Context, string) error {
	if h.noOverlay {
		return errors.New("wrong fs type")
	}
	return nil
}

func (h *fakeHost) Output(context.Context, string, ...string) (string, error) { return h.ruleset, nil }
