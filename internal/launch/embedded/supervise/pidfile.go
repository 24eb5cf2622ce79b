package supervise

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"kubemate.io/kubemate/internal/launch/durable"
	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// record is the content of a pid file. A pid alone could be another process' by now.
type record struct {
	PID int `json:"pid"`
	// StartTime in clock ticks since boot, as in /proc/<pid>/stat.
	StartTime uint64 `json:"startTime"`
	Exe       string `json:"exe"`
}

func writePIDFile(path string, pid int) error {
	start, err := hostjournal.StartTime(pid)
	if err != nil {
		return err
	}
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return err
	}
	data, err := json.Marshal(record{PID: pid, StartTime: start, Exe: exe})
	if err != nil {
		return err
	}
	return durable.WriteFile(path, data, 0o600)
}

// ReadPIDFile gives the pid in the file if that very process is still alive, else 0.
func ReadPIDFile(path string) (pid int, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return 0, fmt.Errorf("pid file %s: %w", path, err)
	}
	if start, err := hostjournal.StartTime(r.PID); err == nil && start == r.StartTime {
		return r.PID, nil
	}
	return 0, nil
}
