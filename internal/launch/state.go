package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/launch/durable"
)

// State is what a running `up` tells `status` and `down`, in run/up.json of the data folder.
type State struct {
	PID         int       `json:"pid"`                   // of the `up` process
	Started     uint64    `json:"started"`               // its start time in clock ticks since boot: a pid can be reused
	Since       time.Time `json:"since"`                 // wall clock, for people
	Address     string    `json:"address"`               // of the console, "http://127.0.0.1:8090/"
	Mode        Mode      `json:"mode"`                  // what kind of cluster
	Fingerprint string    `json:"fingerprint,omitempty"` // SHA-256 of the generated certificate, as browsers show it
	Phase       string    `json:"phase"`                 // "starting", "running", "stopping"
	Stage       string    `json:"stage"`                 // what is going on while starting
	Version     string    `json:"version"`               // of kubemate
	Demo        bool      `json:"demo"`                  // the demo bank is installed
}

// The phases of a run; a platform without a run is "stopped".
const (
	phaseStarting = "starting"
	phaseRunning  = "running"
	phaseStopping = "stopping"
	phaseStopped  = "stopped"
)

// Mode is the kind of cluster under the platform.
type Mode string

// The modes.
const (
	ModeNode      Mode = "node"      // a real single node: containers run
	ModeSimulated Mode = "simulated" // control plane with simulated nodes: no root
	ModeExisting  Mode = "existing"  // --kubeconfig
)

func statePath(dataDir string) string { return filepath.Join(dataDir, "run", "up.json") }

// ReadState gives the state of the last `up`; ok is false when there was none.
func ReadState(dataDir string) (s State, ok bool, err error) {
	data, err := os.ReadFile(statePath(dataDir))
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, false, nil
	}
	if err != nil {
		return State{}, false, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return State{}, false, fmt.Errorf("%s is damaged: %w; remove it if no `kubemate up` runs", statePath(dataDir), err)
	}
	return s, true, nil
}

// write replaces the state file whole, so that a reader never sees half of it.
func (s State) write(dataDir string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(statePath(dataDir), append(data, '\n'), 0o600)
}
