package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// Deps is what the commands need of the process; zero values mean the process's own.
type Deps struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) string
	// DataDir is where a local server keeps its admin socket (run/server.sock); "" = as `up` does.
	DataDir string
	// ConfigFile holds the sign-ins; "" = $KUBEMATE_CONFIG or ~/.config/kubemate/config.json.
	ConfigFile string
	Now        func() time.Time
}

// Commands gives the commands that talk to a server.
func Commands(d Deps) []*cobra.Command {
	a := newApp(d)
	commands := []*cobra.Command{
		a.getCommand(), a.describeCommand(), a.whyCommand(), a.eventsCommand(), a.searchCommand(),
		a.logsCommand(), a.execCommand(), a.portForwardCommand(), a.copyCommand(),
		a.applyCommand(), a.createCommand(), a.editCommand(), a.deleteCommand(),
		a.scaleCommand(), a.restartCommand(), a.rolloutCommand(), a.labelCommand(), a.annotateCommand(), a.triggerCommand(),
		a.cordonCommand(), a.uncordonCommand(), a.drainCommand(), a.jobsCommand(),
		a.clustersCommand(), a.resourcesCommand(), a.canCommand(), a.usersCommand(),
		a.signInCommand(), a.signOutCommand(), a.whoamiCommand(),
	}
	for _, cmd := range commands {
		withExitCodes(cmd)
	}
	return commands
}

// app is the command line's share of the process.
type app struct {
	in         io.Reader
	out, err   io.Writer
	env        func(string) string
	dataDir    string
	configFile string
	now        func() time.Time
}

func newApp(d Deps) *app {
	a := &app{in: d.In, out: d.Out, err: d.Err, env: d.Env, dataDir: d.DataDir, configFile: d.ConfigFile, now: d.Now}
	if a.in == nil {
		a.in = os.Stdin
	}
	if a.out == nil {
		a.out = os.Stdout
	}
	if a.err == nil {
		a.err = os.Stderr
	}
	if a.env == nil {
		a.env = os.Getenv
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.configFile == "" {
		a.configFile = a.defaultConfigFile()
	}
	if a.dataDir == "" {
		a.dataDir = a.defaultDataDir()
	}
	return a
}

func (a *app) defaultConfigFile() string {
	if file := a.env("KUBEMATE_CONFIG"); file != "" {
		return file
	}
	dir := a.env("XDG_CONFIG_HOME")
	if dir == "" {
		dir = filepath.Join(a.env("HOME"), ".config")
	}
	return filepath.Join(dir, "kubemate", "config.json")
}

func (a *app) defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/kubemate"
	}
	dir := a.env("XDG_DATA_HOME")
	if dir == "" {
		dir = filepath.Join(a.env("HOME"), ".local", "share")
	}
	return filepath.Join(dir, "kubemate")
}

// say writes a line of the result. An output that is gone ends the program by itself.
func (a *app) say(format string, args ...any) {
	_, _ = fmt.Fprintf(a.out, format+"\n", args...)
}

// remark tells a person, on standard error, something that is no result.
func (a *app) remark(format string, args ...any) {
	_, _ = fmt.Fprintf(a.err, format+"\n", args...)
}
