// Command cmd builds modules of stack/ into the build cache and prints the folders of their binaries, one a line:
//
//	go run ./internal/launch/buildcache/cmd kubernetes containerd
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/launch/buildcache/cmd NAME… (a folder of stack/)")
		os.Exit(2)
	}
	if err := build(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "buildcache:", err)
		os.Exit(1)
	}
}

func build(names []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, name := range names {
		built, err := buildcache.Stack(ctx, name, buildcache.Options{
			Output:   os.Stderr,
			Progress: func(detail string) { fmt.Fprintln(os.Stderr, detail) },
		})
		if err != nil {
			return err
		}
		fmt.Println(built.Dir)
	}
	return nil
}
