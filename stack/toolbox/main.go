package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	_ "golang.org/x/crypto/x509roots/fallback" // public CAs where the image has none of its own

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
	"kubemate.io/kubemate/stack/toolbox/internal/file"
	"kubemate.io/kubemate/stack/toolbox/internal/network"
	"kubemate.io/kubemate/stack/toolbox/internal/shell"
	"kubemate.io/kubemate/stack/toolbox/internal/system"
	"kubemate.io/kubemate/stack/toolbox/internal/text"
)

func main() {
	std := applet.Std{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(dispatch(context.Background(), std, os.Args))
}

// tools returns every tool by name.
func tools() map[string]applet.Func {
	all := map[string]applet.Func{}
	for _, group := range []map[string]applet.Func{
		file.Applets(), network.Applets(), system.Applets(), text.Applets(),
	} {
		maps.Copy(all, group)
	}
	sh := shell.New(slices.Sorted(maps.Keys(all)))
	all["sh"], all["bash"] = sh, sh
	return all
}

// dispatch runs the tool that argv names and returns its exit code.
func dispatch(ctx context.Context, std applet.Std, argv []string) int {
	all := tools()
	name, args := filepath.Base(argv[0]), argv[1:]
	if all[name] == nil && len(args) > 0 {
		name, args = args[0], args[1:]
	} else if all[name] == nil {
		name = "--help"
	}
	switch name {
	case "--list":
		printList(std.Out, all)
		return 0
	case "--install":
		return applet.Code(std, "toolbox", install(all, args))
	case "--help":
		fmt.Fprintln(std.Err, "usage: toolbox TOOL [ARGUMENT...] | --list | --install DIR")
		return 2
	}
	run, known := all[name]
	if !known {
		fmt.Fprintf(std.Err, "toolbox: no tool %q: --list prints those that there are\n", name)
		return 127
	}
	return applet.Code(std, name, run(ctx, std, args))
}

func printList(w io.Writer, all map[string]applet.Func) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintln(w, name)
	}
}

// install links every tool into dir.
func install(all map[string]applet.Func, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("--install needs one folder")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for name := range all {
		if err := os.Symlink(self, filepath.Join(args[0], name)); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}
