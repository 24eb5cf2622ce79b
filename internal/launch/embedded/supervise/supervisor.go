package supervise

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// Supervisor starts children and owns the goroutines that watch them.
type Supervisor struct {
	runDir, logDir string
	instance       string
	log            *slog.Logger
	now            func() time.Time
}

// New makes a supervisor whose children are marked with instance.
func New(runDir, logDir, instance string, log *slog.Logger) *Supervisor {
	return &Supervisor{runDir: runDir, logDir: logDir, instance: instance, log: log, now: time.Now}
}

// Process is a supervised child. It is started again when it dies, until Stop.
type Process struct {
	spec Spec
	s    *Supervisor
	stop context.CancelFunc
	done chan struct{} // closed when the child has ended for good

	mu       sync.Mutex
	pid      int
	restarts int
}

// Start starts the child; an error means that it could not even be executed.
func (s *Supervisor) Start(spec Spec) (*Process, error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Process{spec: spec, s: s, stop: cancel, done: make(chan struct{})}
	cmd, err := p.launch()
	if err != nil {
		cancel()
		return nil, err
	}
	go p.watch(ctx, cmd)
	return p, nil
}

func (p *Process) launch() (*exec.Cmd, error) {
	logFile, err := openLog(LogFile(p.s.logDir, p.spec.Name))
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	defer func() { _ = logFile.Close() }()
	// The child outlives every request: Stop ends it, not a context.
	cmd := &exec.Cmd{Path: p.spec.Path, Args: append([]string{p.spec.Path}, p.spec.Args...)}
	cmd.Env = append(os.Environ(), p.spec.Env...)
	cmd.Env = append(cmd.Env, hostjournal.InstanceVariable+"="+p.s.instance)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	p.mu.Lock()
	p.pid = cmd.Process.Pid
	p.mu.Unlock()
	if err := writePIDFile(PIDFile(p.s.runDir, p.spec.Name), cmd.Process.Pid); err != nil {
		p.s.log.Warn("pid file not written", "process", p.spec.Name, "error", err)
	}
	return cmd, nil
}

// watch waits for the child's end and starts it again, until ctx ends.
func (p *Process) watch(ctx context.Context, cmd *exec.Cmd) {
	defer close(p.done)
	defer func() { _ = os.Remove(PIDFile(p.s.runDir, p.spec.Name)) }()
	var pause time.Duration
	for {
		began := p.s.now()
		err := p.wait(ctx, cmd)
		if ctx.Err() != nil {
			return
		}
		if p.spec.Ended != nil {
			p.spec.Ended(err)
		}
		if cmd, pause = p.revive(ctx, err, nextPause(pause, p.s.now().Sub(began))); cmd == nil {
			return
		}
	}
}

// revive tries to start the child again until it runs; nil means that ctx ended.
func (p *Process) revive(ctx context.Context, cause error, pause time.Duration) (*exec.Cmd, time.Duration) {
	for {
		p.s.log.Warn("process ended, starting it again", "process", p.spec.Name, "cause", cause, "pause", pause)
		select {
		case <-ctx.Done():
			return nil, 0
		case <-time.After(pause):
		}
		p.mu.Lock()
		p.restarts++
		p.mu.Unlock()
		cmd, err := p.launch()
		if err == nil {
			return cmd, pause
		}
		cause, pause = err, nextPause(pause, 0)
	}
}

// wait returns when the child has ended: by itself, or stopped because ctx ended.
func (p *Process) wait(ctx context.Context, cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	rotate := time.NewTicker(rotateEvery)
	defer rotate.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-rotate.C:
			rotateLog(LogFile(p.s.logDir, p.spec.Name))
		case <-ctx.Done():
			return terminate(cmd, ended, p.spec.stopTimeout())
		}
	}
}

func terminate(cmd *exec.Cmd, ended <-chan error, timeout time.Duration) error {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		return err
	case <-time.After(timeout):
		_ = cmd.Process.Kill()
		return <-ended
	}
}

// Stop ends the child: SIGTERM, then SIGKILL after its timeout. It returns when the child is gone.
func (p *Process) Stop() {
	p.stop()
	<-p.done
}

// Name is the child's name.
func (p *Process) Name() string { return p.spec.Name }

// PID is the child's present process id.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Restarts counts how often the child was started again.
func (p *Process) Restarts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts
}
