package system

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// env prints the environment, or runs a program in a changed one.
func env(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "env", "[-i] [-u NAME] [NAME=VALUE...] [PROGRAM [ARGUMENT...]]")
	fs.SetInterspersed(false)
	empty := fs.BoolP("ignore-environment", "i", false, "start from nothing")
	unset := fs.StringArrayP("unset", "u", nil, "leave out a variable")
	if err := fs.Parse(args); err != nil {
		return err
	}
	variables := os.Environ()
	if *empty {
		variables = nil
	}
	for _, name := range *unset {
		variables = without(variables, name)
	}
	args = fs.Args()
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, _, _ := strings.Cut(args[0], "=")
		variables = append(without(variables, name), args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		for _, v := range variables {
			fmt.Fprintln(std.Out, v)
		}
		return nil
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		fmt.Fprintf(std.Err, "env: %v\n", err)
		return applet.Exit(127)
	}
	return syscall.Exec(path, args, variables)
}

func without(variables []string, name string) []string {
	var kept []string
	for _, v := range variables {
		if !strings.HasPrefix(v, name+"=") {
			kept = append(kept, v)
		}
	}
	return kept
}

// printenv prints the values of variables.
func printenv(ctx context.Context, std applet.Std, args []string) error {
	if len(args) == 0 {
		return env(ctx, std, nil)
	}
	for _, name := range args {
		value, set := os.LookupEnv(name)
		if !set {
			return applet.Exit(1)
		}
		fmt.Fprintln(std.Out, value)
	}
	return nil
}
