package fault

import (
	"fmt"
	"sort"
)

// Spec is what is wrong with one role. A nil part is switched off.
type Spec struct {
	Latency  *Latency  `json:"latency,omitempty"`
	Errors   *Errors   `json:"errors,omitempty"`
	CPU      *CPU      `json:"cpu,omitempty"`
	Memory   *Memory   `json:"memory,omitempty"`
	Mismatch *Mismatch `json:"mismatch,omitempty"`
	Crash    *Crash    `json:"crash,omitempty"`
}

// Latency delays a share of the requests.
type Latency struct {
	MS    int     `json:"ms"`    // 1 to 30,000
	Share float64 `json:"share"` // 0 to 1
}

// Errors answers a share of the requests with an error status.
type Errors struct {
	Status int     `json:"status"` // 400 to 599
	Share  float64 `json:"share"`  // 0 to 1
}

// CPU burns processor time.
type CPU struct {
	Cores float64 `json:"cores"` // above 0, up to 8
}

// Memory leaks until the switch is turned off, the process is killed, or
// MaxMiB (1,024 unless given) is held.
type Memory struct {
	MiBPerSecond int `json:"mib_per_second"` // 1 to 256
	MaxMiB       int `json:"max_mib,omitempty"`
}

// Mismatch makes settlement commit a share of the transfers with an amount
// that is a few minor units off what it records.
type Mismatch struct {
	Share float64 `json:"share"` // 0 to 1
}

// Crash ends the process some time after it started or the switch was turned
// on. Set in the file, it makes a crash loop.
type Crash struct {
	AfterSeconds int `json:"after_seconds"` // 1 to 3,600
	ExitCode     int `json:"exit_code"`     // 1 to 125
}

// Kinds of faults, as they appear in metrics and logs.
var kinds = [...]string{"latency", "errors", "cpu", "memory", "mismatch", "crash"}

// active tells for each kind whether it is switched on.
func (s Spec) active() map[string]bool {
	return map[string]bool{
		"latency": s.Latency != nil, "errors": s.Errors != nil, "cpu": s.CPU != nil,
		"memory": s.Memory != nil, "mismatch": s.Mismatch != nil, "crash": s.Crash != nil,
	}
}

// names lists the kinds that are switched on, sorted.
func (s Spec) names() []string {
	on := []string{}
	for kind, is := range s.active() {
		if is {
			on = append(on, kind)
		}
	}
	sort.Strings(on)
	return on
}

// validate refuses values out of range; role matters for mismatch only.
func (s Spec) validate(role string) error {
	if l := s.Latency; l != nil {
		if err := within("latency.ms", float64(l.MS), 1, 30_000); err != nil {
			return err
		}
		if err := within("latency.share", l.Share, 0, 1); err != nil {
			return err
		}
	}
	if e := s.Errors; e != nil {
		if err := within("errors.status", float64(e.Status), 400, 599); err != nil {
			return err
		}
		if err := within("errors.share", e.Share, 0, 1); err != nil {
			return err
		}
	}
	if c := s.CPU; c != nil {
		if err := within("cpu.cores", c.Cores, 0.01, 8); err != nil {
			return err
		}
	}
	if m := s.Memory; m != nil {
		if err := within("memory.mib_per_second", float64(m.MiBPerSecond), 1, 256); err != nil {
			return err
		}
		if err := within("memory.max_mib", float64(m.MaxMiB), 0, 65_536); err != nil {
			return err
		}
	}
	if m := s.Mismatch; m != nil {
		if role != "settlement" {
			return fmt.Errorf("mismatch: only settlement has this switch")
		}
		if err := within("mismatch.share", m.Share, 0, 1); err != nil {
			return err
		}
	}
	if c := s.Crash; c != nil {
		if err := within("crash.after_seconds", float64(c.AfterSeconds), 1, 3600); err != nil {
			return err
		}
		if err := within("crash.exit_code", float64(c.ExitCode), 1, 125); err != nil {
			return err
		}
	}
	return nil
}

// within is written so that NaN is refused too.
func within(name string, value, low, high float64) error {
	if value >= low && value <= high {
		return nil
	}
	return fmt.Errorf("%s must be between %g and %g, not %g", name, low, high, value)
}
