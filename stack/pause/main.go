package main

import (
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-v" {
		println("pause", version)
		return
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)

	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	debug.FreeOSMemory()
	os.Exit(wait(signals, reap))
}

// version is the pause contract that kubelets know, not a release of Kubemate.
const version = "1"

// wait calls reap at every SIGCHLD and returns the exit code when it is told to end.
func wait(signals <-chan os.Signal, reap func()) int {
	// Children may have died before the signal handler stood.
	reap()
	for s := range signals {
		switch s {
		case syscall.SIGCHLD:
			reap()
		case syscall.SIGTERM, syscall.SIGINT:
			return 0
		}
	}
	return 1
}

// reap collects every dead child: one SIGCHLD may stand for many of them.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if pid <= 0 {
			return
		}
	}
}
