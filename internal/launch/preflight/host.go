package preflight

import (
	"context"
	"io/fs"
	"net/netip"
)

// Host is a machine as the checks see it.
type Host interface {
	// UID is the effective user.
	UID() int
	// ReadFile reads a small file.
	ReadFile(path string) ([]byte, error)
	// Stat and ReadDir are those of package os.
	Stat(path string) (fs.FileInfo, error)
	ReadDir(path string) ([]fs.DirEntry, error)
	// Owner is the user who owns a file.
	Owner(path string) (uid int, err error)
	// LookPath finds a program.
	LookPath(name string) (string, error)
	// DiskFree is the space in bytes that this user can still write below path, which exists.
	DiskFree(path string) (uint64, error)
	// Listen tries to listen on a TCP address and stops at once.
	Listen(ctx context.Context, address string) error
	// Listener is the process that listens on a port; its PID is 0 if it can't be told.
	Listener(port int) Proc
	// Locked is true if another process holds the lock of an existing file.
	Locked(path string) (bool, error)
	// Interfaces lists the network interfaces and their addresses.
	Interfaces() ([]NetInterface, error)
	// Processes lists the names and arguments of all processes.
	Processes() ([]Proc, error)
	// TryNetwork executes a program with an input in a new network namespace.
	TryNetwork(ctx context.Context, input, name string, args ...string) error
	// TryOverlay mounts an overlay below dir, which exists, in a new mount namespace.
	TryOverlay(ctx context.Context, dir string) error
	// Output executes a program and gives its output.
	Output(ctx context.Context, name string, args ...string) (string, error)
}

// NetInterface is a network interface.
type NetInterface struct {
	Name     string
	Prefixes []netip.Prefix
}

// Proc is a process.
type Proc struct {
	PID int
	// Name of the program, without its folder.
	Name string
	// Instance is the data folder of the Kubemate instance that started it, or empty.
	Instance string
}
