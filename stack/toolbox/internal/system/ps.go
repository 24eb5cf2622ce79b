package system

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// clockTicks is what /proc counts processor time in; Linux tells it to
// programs as 100 a second whatever the kernel uses.
const clockTicks = 100

type process struct {
	pid, ppid, uid int
	rss            int64 // bytes
	state          string
	cpu            time.Duration
	command        string
}

// ps lists every process that /proc shows. The flags that people type by habit
// (aux, -ef) are accepted and change nothing.
func ps(_ context.Context, std applet.Std, _ []string) error {
	all, err := processes("/proc")
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PID\tPPID\tUSER\tSTATE\tRSS KiB\tTIME\tCOMMAND")
	for _, p := range all {
		owner := userName(p.uid)
		if owner == "" {
			owner = strconv.Itoa(p.uid)
		}
		fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%d\t%s\t%s\n", p.pid, p.ppid, owner, p.state, p.rss/1024, p.cpu.Round(10*time.Millisecond), p.command)
	}
	return table.Flush()
}

func processes(proc string) ([]process, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, err
	}
	var all []process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// A process may end while it is looked at.
		if p, err := readProcess(filepath.Join(proc, e.Name())); err == nil {
			p.pid = pid
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b process) int { return a.pid - b.pid })
	return all, nil
}

func readProcess(dir string) (process, error) {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return process{}, err
	}
	p, err := parseStat(string(stat))
	if err != nil {
		return p, err
	}
	if info, err := os.Stat(dir); err == nil {
		p.uid = ownerOf(info)
	}
	if line, err := os.ReadFile(filepath.Join(dir, "cmdline")); err == nil && len(line) > 0 {
		p.command = string(bytes.ReplaceAll(bytes.TrimRight(line, "\x00"), []byte{0}, []byte{' '}))
	}
	return p, nil
}

// parseStat reads /proc/PID/stat, see proc_pid_stat(5). The name stands in
// parentheses and may itself hold some.
func parseStat(stat string) (process, error) {
	open, closing := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || closing < open {
		return process{}, fmt.Errorf("%q is no process state", stat)
	}
	fields := strings.Fields(stat[closing+1:])
	if len(fields) < 22 {
		return process{}, fmt.Errorf("%q is no process state", stat)
	}
	number := func(field int) int64 {
		n, err := strconv.ParseInt(fields[field], 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	return process{
		command: "[" + stat[open+1:closing] + "]",
		state:   fields[0],
		ppid:    int(number(1)),
		cpu:     time.Duration(number(11)+number(12)) * time.Second / clockTicks,
		rss:     number(21) * int64(os.Getpagesize()),
	}, nil
}
