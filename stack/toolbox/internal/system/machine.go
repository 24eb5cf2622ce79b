package system

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"text/tabwriter"

	"golang.org/x/sys/unix"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// uname prints the kernel's name, release and machine.
func uname(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "uname", "[-asnrvm]")
	all := fs.BoolP("all", "a", false, "everything")
	shown := []*bool{
		fs.BoolP("kernel-name", "s", false, "the kernel's name"),
		fs.BoolP("nodename", "n", false, "the host's name"),
		fs.BoolP("kernel-release", "r", false, "the kernel's release"),
		fs.BoolP("kernel-version", "v", false, "the kernel's version"),
		fs.BoolP("machine", "m", false, "the processor"),
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err
	}
	values := [][]byte{u.Sysname[:], u.Nodename[:], u.Release[:], u.Version[:], u.Machine[:]}
	var parts []string
	for i, on := range shown {
		if *on || *all {
			parts = append(parts, unix.ByteSliceToString(values[i]))
		}
	}
	if len(parts) == 0 {
		parts = []string{unix.ByteSliceToString(values[0])}
	}
	_, err := fmt.Fprintln(std.Out, strings.Join(parts, " "))
	return err
}

// free prints the memory of the machine in MiB: in a container that is the
// node's, not the container's limit.
func free(_ context.Context, std applet.Std, _ []string) error {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	kib := map[string]int64{}
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		var n int64
		name, rest, _ := strings.Cut(scanner.Text(), ":")
		if _, err := fmt.Sscan(rest, &n); err == nil {
			kib[name] = n
		}
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "MiB\ttotal\tused\tfree\tavailable\t")
	fmt.Fprintf(table, "memory\t%d\t%d\t%d\t%d\t\n", kib["MemTotal"]/1024,
		(kib["MemTotal"]-kib["MemAvailable"])/1024, kib["MemFree"]/1024, kib["MemAvailable"]/1024)
	if err := table.Flush(); err != nil {
		return err
	}
	return scanner.Err()
}

func ownerOf(info fs.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}
