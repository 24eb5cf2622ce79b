package hostjournal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// undoMount unmounts everything at or below the folder e.Name, last mounted first. A mount in use is detached: its
// users are gone by now, or are about to be.
func undoMount(_ context.Context, e Entry) error {
	for range 10 { // mounts can lie on top of each other
		mounts, err := readMounts()
		if err != nil {
			return err
		}
		found := false
		for _, m := range slices.Backward(mounts) {
			if m.point != e.Name && !strings.HasPrefix(m.point, e.Name+"/") {
				continue
			}
			found = true
			if err := unmount(m.point); err != nil {
				return fmt.Errorf("unmount %s: %w", m.point, err)
			}
		}
		if !found {
			return nil
		}
	}
	return fmt.Errorf("mounts below %s keep coming back", e.Name)
}

func unmount(point string) error {
	err := syscall.Unmount(point, 0)
	if errors.Is(err, syscall.EBUSY) {
		err = syscall.Unmount(point, syscall.MNT_DETACH)
	}
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOENT) {
		return nil // went away with another one
	}
	return err
}

type mount struct{ point, fstype string }

// readMounts lists the mounts of this process' namespace in the order in which they were made.
func readMounts() ([]mount, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var mounts []mount
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		sep := slices.Index(fields, "-")
		if len(fields) < 7 || sep < 0 || sep+1 >= len(fields) {
			continue
		}
		mounts = append(mounts, mount{point: unescape(fields[4]), fstype: fields[sep+1]})
	}
	return mounts, nil
}

// unescape undoes the kernel's octal escapes of blanks in paths.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
