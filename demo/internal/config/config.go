// Package config reads the demo bank's command line into one struct that
// validates itself. There are no other sources of settings.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Roles that serve requests or make load, in the order in which they start.
var roles = [...]string{"ledger", "notify", "accounts", "risk", "settlement", "teller", "load"}

// Roles that are not services.
const (
	All       = "all"           // every service in one process, for development
	Statement = "statement-run" // runs once and ends
)

// Roles lists the roles of services.
func Roles() []string { return roles[:] }

// Config is everything that the command line can say.
type Config struct {
	Role        string
	Listen      string            // address of the role's API, health and metrics
	AdminListen string            // address of the fault switches, loopback only; empty: none
	FaultsFile  string            // fault configuration to watch; empty: none
	FaultsEvery time.Duration     // time between two looks at it
	Addresses   map[string]string // base URLs by role, and of "accounts-replicas"
	Accounts    int               // number of customer accounts
	Journal     string            // path of the ledger's journal; empty: in memory
	Rate        float64           // load, operations a second
	Seed        uint64            // of the load
	LogLevel    slog.Level
}

// Parse reads the arguments that follow the program's name. Usage goes to w;
// the error is flag.ErrHelp if that was what the user wanted.
func Parse(args []string, w io.Writer) (Config, error) {
	c := Config{Addresses: map[string]string{}}
	flags := flag.NewFlagSet("demo-bank", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.StringVar(&c.Role, "role", "", "`role` of this process: "+strings.Join(Roles(), ", ")+", "+Statement+", or "+All+" for development")
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "`address` of the API; with --role="+All+" the teller's, the others get free ports")
	flags.StringVar(&c.AdminListen, "admin-listen", "127.0.0.1:9091", "loopback `address` of the fault switches, empty for none")
	flags.StringVar(&c.FaultsFile, "faults-file", "", "fault configuration `file` to watch")
	flags.DurationVar(&c.FaultsEvery, "faults-every", 2*time.Second, "time between two looks at the faults file")
	for _, name := range []string{"accounts", "risk", "settlement", "ledger", "notify", "teller", "accounts-replicas"} {
		c.Addresses[name] = "http://" + name + ":8080"
		flags.Func(name+"-url", "base `URL` of "+name+" (default "+c.Addresses[name]+")", func(value string) error {
			c.Addresses[name] = value
			return nil
		})
	}
	flags.IntVar(&c.Accounts, "accounts", 200, "`number` of customer accounts")
	flags.StringVar(&c.Journal, "journal", "", "ledger's journal `file`; without, the books are in memory only")
	flags.Float64Var(&c.Rate, "rate", 2, "load in operations a second")
	flags.Uint64Var(&c.Seed, "seed", 1, "seed of the load")
	flags.TextVar(&c.LogLevel, "log-level", slog.LevelInfo, "lowest `level` to log: debug, info, warn, error")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return c, c.Validate()
}

// Validate says what is wrong, naming the flag.
func (c Config) Validate() error {
	if c.Role != All && c.Role != Statement && !slices.Contains(Roles(), c.Role) {
		return fmt.Errorf("--role=%q: use one of %s, %s, %s", c.Role, strings.Join(Roles(), ", "), Statement, All)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if c.AdminListen != "" && !loopback(c.AdminListen) {
		return errors.New("--admin-listen: the fault switches must stay on loopback, for example 127.0.0.1:9091")
	}
	for name, base := range c.Addresses {
		if u, err := url.Parse(base); err != nil || u.Scheme != "http" || u.Host == "" || u.User != nil {
			return fmt.Errorf("--%s-url must look like http://host:port", name)
		}
	}
	switch {
	case c.FaultsEvery < 10*time.Millisecond || c.FaultsEvery > time.Hour:
		return errors.New("--faults-every must be between 10ms and 1h")
	case c.Accounts < 10 || c.Accounts > 10_000:
		return errors.New("--accounts must be between 10 and 10000")
	case !(c.Rate >= 0.01 && c.Rate <= 1000):
		return errors.New("--rate must be between 0.01 and 1000")
	}
	return nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
