// Command kubemate is the platform's server, its launcher and its command line.
package main

import (
	"context"
	"os"

	"kubemate.io/kubemate/internal/app"
)

func main() {
	streams := app.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(app.Run(context.Background(), os.Args[1:], streams))
}
