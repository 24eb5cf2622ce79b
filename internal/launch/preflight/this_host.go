package preflight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// thisHost is the machine that the process runs on.
type thisHost struct{}

// maxFile bounds what is read of a file.
const maxFile = 1 << 20

func (thisHost) UID() int { return os.Geteuid() }

func (thisHost) ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

func (thisHost) Stat(path string) (fs.FileInfo, error)      { return os.Stat(path) }
func (thisHost) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (thisHost) Owner(path string) (int, error) {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return 0, err
	}
	return int(st.Uid), nil
}

// LookPath also looks where root's programs are: a user's PATH often lacks it.
func (thisHost) LookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/sbin", "/sbin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 && !info.IsDir() {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func (thisHost) DiskFree(path string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil
}

func (thisHost) Listen(ctx context.Context, address string) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return ln.Close()
}

func (thisHost) Locked(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func (thisHost) Interfaces() ([]NetInterface, error) {
	ifaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []NetInterface
	for _, i := range ifaces {
		addrs, err := i.Addrs()
		if err != nil {
			continue // the interface has just gone
		}
		ni := NetInterface{Name: i.Name}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				ni.Prefixes = append(ni.Prefixes, p)
			}
		}
		out = append(out, ni)
	}
	return out, nil
}

func (thisHost) Processes() ([]Proc, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var out []Proc
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		args, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || len(args) == 0 {
			continue // gone, or a kernel thread
		}
		program, _, _ := bytes.Cut(args, []byte{0})
		out = append(out, Proc{PID: pid, Name: filepath.Base(string(program)), Instance: instanceOf(dir)})
	}
	return out, nil
}

// instanceOf reads the mark in the environment of the process with the folder dir.
func instanceOf(dir string) string {
	env, err := os.ReadFile(filepath.Join(dir, "environ"))
	if err != nil {
		return ""
	}
	for variable := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := bytes.CutPrefix(variable, []byte(hostjournal.InstanceVariable+"=")); ok {
			return string(value)
		}
	}
	return ""
}

func (thisHost) TryNetwork(ctx context.Context, input, name string, args ...string) error {
	return try(ctx, syscall.CLONE_NEWNET, input, name, args...)
}

func (thisHost) TryOverlay(ctx context.Context, dir string) error {
	tmp, err := os.MkdirTemp(dir, ".kubemate-probe-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for _, sub := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(tmp, sub), 0o700); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", tmp)
	return try(ctx, syscall.CLONE_NEWNS, "", "mount", "-t", "overlay", "overlay", "-o", options, tmp+"/merged")
}

// tryTimeout bounds a program that tries a kernel feature.
const tryTimeout = 10 * time.Second

func try(ctx context.Context, namespace uintptr, input, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	path, err := thisHost{}.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(input)
	// Unshare, unlike a clone flag, makes the new mount namespace private, so that no mount leaks to the host.
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: namespace}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out[:min(len(out), 500)])))
	}
	return nil
}

func (thisHost) Output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	path, err := thisHost{}.LookPath(name)
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, path, args...).Output()
	return string(out), err
}
