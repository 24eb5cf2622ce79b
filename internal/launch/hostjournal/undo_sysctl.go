package hostjournal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SysctlFile is the file of a setting such as net.ipv4.ip_forward.
func SysctlFile(name string) string {
	return filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/"))
}

// ReadSysctl reads a setting.
func ReadSysctl(name string) (string, error) {
	data, err := os.ReadFile(SysctlFile(name))
	return strings.TrimSpace(string(data)), err
}

// undoSysctl puts the former value back. After another boot the kernel's own values hold, and must not be touched.
func (j *Journal) undoSysctl(_ context.Context, e Entry) error {
	if e.Boot != j.boot {
		return nil
	}
	now, err := ReadSysctl(e.Name)
	if errors.Is(err, fs.ErrNotExist) || now == e.Before && err == nil {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(SysctlFile(e.Name), []byte(e.Before+"\n"), 0o644); err != nil {
		return fmt.Errorf("put back %s=%s: %w", e.Name, e.Before, err)
	}
	return nil
}
