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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/launch/buildcache/cmd NAME… (a folder of stack/)")
		os.Exit(2)
	}
	for _, name := range os.Args[1:] {
		built, err := buildcache.Stack(ctx, name, buildcache.Options{
			Output:   os.Stderr,
			Progress: func(detail string) { fmt.Fprintln(os.Stderr, detail) },
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, "buildcache:", err)
			os.Exit(1)
		}
		fmt.Println(built.Dir)
	}
}
