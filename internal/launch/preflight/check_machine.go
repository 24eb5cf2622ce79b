package preflight

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	minDisk       = 5 << 30
	minMemory     = 1 << 30
	enoughMemory  = 2 << 30
	minInstances  = 128
	minWatches    = 16384
	ownInterface  = "kubemate0"
	ownPodBridge  = "kmcni0"
	bytesPerGiB   = 1 << 30
	earliestClock = 2026
)

func gib(bytes uint64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/bytesPerGiB) }

func (r *runner) disk(context.Context) {
	dir := r.existing(r.o.DataDir)
	free, err := r.host.DiskFree(dir)
	if err != nil {
		r.fail("disk", fmt.Sprintf("the free space of %s can't be read: %v", dir, err), "choose another data folder with --data-dir")
		return
	}
	if free < minDisk {
		r.fail("disk", fmt.Sprintf("%s has %s free, at least %s is needed", dir, gib(free), gib(minDisk)),
			"free some space, or choose another data folder with --data-dir")
	}
}

func (r *runner) memory(context.Context) {
	data, err := r.host.ReadFile("/proc/meminfo")
	if err != nil {
		return
	}
	available, ok := memAvailable(string(data))
	switch {
	case !ok:
	case available < minMemory:
		r.fail("memory", fmt.Sprintf("%s of memory are available, at least %s is needed", gib(available), gib(minMemory)), "end other programs, or use a larger machine")
	case available < enoughMemory:
		r.warn("memory", fmt.Sprintf("only %s of memory are available; %s are better", gib(available), gib(enoughMemory)), "pods may be ended for want of memory: end other programs")
	}
}

func memAvailable(meminfo string) (bytes uint64, ok bool) {
	for line := range strings.Lines(meminfo) {
		if value, found := strings.CutPrefix(line, "MemAvailable:"); found {
			kib, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

func (r *runner) inotify(context.Context) {
	for name, least := range map[string]uint64{"max_user_instances": minInstances, "max_user_watches": minWatches} {
		data, err := r.host.ReadFile("/proc/sys/fs/inotify/" + name)
		if err != nil {
			continue
		}
		if have, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64); err == nil && have < least {
			r.warn("inotify", fmt.Sprintf("fs.inotify.%s is %d: pods that watch files may fail with \"too many open files\"", name, have),
				fmt.Sprintf("sysctl -w fs.inotify.%s=%d", name, 4*least))
		}
	}
}

// clock: certificates are made with this clock, and are refused by everybody whose clock is right.
func (r *runner) clock(context.Context) {
	now := r.o.Now()
	if now.Year() < earliestClock {
		r.fail("clock", "the clock says "+now.UTC().Format(time.RFC3339)+", which can't be", "set the clock: timedatectl set-ntp true")
		return
	}
	if info, err := r.host.Stat(r.o.DataDir + "/pki/ca.crt"); err == nil && info.ModTime().After(now.Add(24*time.Hour)) {
		r.warn("clock", fmt.Sprintf("the data folder was written at %s, after the clock's present %s", info.ModTime().UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)),
			"one of the two times is wrong: check the clock with timedatectl")
	}
}

// firewall: a rule set that drops by default also drops what pods send.
func (r *runner) firewall(ctx context.Context) {
	if r.host.UID() != 0 {
		return
	}
	rules, err := r.host.Output(ctx, "nft", "--stateless", "list", "ruleset")
	if err != nil {
		return
	}
	table := ""
	for line := range strings.Lines(rules) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "table "); ok {
			table = strings.TrimSuffix(name, " {")
		}
		base := strings.Contains(line, "hook forward") || strings.Contains(line, "hook input")
		// iptables' own tables are dealt with: see the embedded cluster's network.go.
		if base && strings.Contains(line, "policy drop") && table != "ip filter" && table != "ip6 filter" {
			r.warn("firewall", "the nftables table "+table+" drops by default, so that pods may not reach each other or the API server",
				"allow the interfaces "+ownPodBridge+" and "+ownInterface+" in it")
			return
		}
	}
}
