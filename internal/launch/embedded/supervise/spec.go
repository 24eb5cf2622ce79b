package supervise

import (
	"path/filepath"
	"time"
)

// Spec of a child process.
type Spec struct {
	// Name of its log and pid files.
	Name string
	// Path of the executable, and its arguments without the name.
	Path string
	Args []string
	// Env is added to the supervisor's own environment.
	Env []string
	// StopTimeout is how long it may take to end after SIGTERM; 0 is 10 s.
	StopTimeout time.Duration
	// Ended is called from the child's goroutine each time that it ends without having been told to. May be nil.
	Ended func(err error)
}

func (s Spec) stopTimeout() time.Duration {
	if s.StopTimeout == 0 {
		return 10 * time.Second
	}
	return s.StopTimeout
}

// The pauses before a child is started again: doubled each time, and back to the first after a good while of life.
const (
	firstPause = 500 * time.Millisecond
	maxPause   = 30 * time.Second
	goodWhile  = time.Minute
)

func nextPause(last, lived time.Duration) time.Duration {
	if last == 0 || lived >= goodWhile {
		return firstPause
	}
	return min(2*last, maxPause)
}

// LogFile is the path of a child's log.
func LogFile(logDir, name string) string { return filepath.Join(logDir, name+".log") }

// PIDFile is the path of a child's pid file.
func PIDFile(runDir, name string) string { return filepath.Join(runDir, name+".pid") }
