// Command demo-bank runs one role of the demo bank, or with --role=all the
// whole bank on loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"kubemate.io/kubemate/demo/internal/app"
	"kubemate.io/kubemate/demo/internal/config"
	"kubemate.io/kubemate/demo/internal/logs"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	c, err := config.Parse(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo-bank:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	log := logs.New(os.Stdout, c.LogLevel)
	err = app.Run(ctx, app.Options{Config: c, Version: version, Log: log, Now: time.Now, Exit: os.Exit})
	if err != nil {
		log.Error("ended", "service", c.Role, "error", err)
		return 1
	}
	return 0
}
