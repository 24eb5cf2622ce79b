// Package system has the tools that tell about processes, users and the machine.
package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// Applets returns the tools of this package by name.
func Applets() map[string]applet.Func {
	return map[string]applet.Func{
		"date": date, "echo": echo, "env": env, "false": exitWith(1), "free": free, "hostname": hostname,
		"id": id, "kill": kill, "printenv": printenv, "ps": ps, "pwd": pwd, "sleep": sleep,
		"true": exitWith(0), "uname": uname, "which": which, "whoami": whoami,
	}
}

func exitWith(code int) applet.Func {
	return func(context.Context, applet.Std, []string) error {
		if code == 0 {
			return nil
		}
		return applet.Exit(code)
	}
}

func echo(_ context.Context, std applet.Std, args []string) error {
	end := "\n"
	if len(args) > 0 && args[0] == "-n" {
		end, args = "", args[1:]
	}
	_, err := fmt.Fprint(std.Out, strings.Join(args, " ")+end)
	return err
}

func pwd(_ context.Context, std applet.Std, _ []string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, dir)
	return err
}

func hostname(_ context.Context, std applet.Std, _ []string) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, name)
	return err
}

// sleep waits for "5", "0.5", "2m", "1h", or "infinity", and ends at SIGTERM
// even as a container's first process.
func sleep(ctx context.Context, _ applet.Std, args []string) error {
	total := time.Duration(0)
	for _, arg := range args {
		d, err := sleepTime(arg)
		if err != nil {
			return err
		}
		total += d
	}
	if len(args) == 0 {
		return errors.New("how long? As 5, 0.5, 2m, 1h or infinity")
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	timer := time.NewTimer(total)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return applet.Exit(128 + int(syscall.SIGTERM))
	}
}

func sleepTime(text string) (time.Duration, error) {
	if text == "infinity" || text == "inf" {
		return 100 * 365 * 24 * time.Hour, nil
	}
	unit := time.Second
	number := text
	for suffix, u := range map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour} {
		if n, found := strings.CutSuffix(text, suffix); found {
			number, unit = n, u
		}
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f < 0 || f > 1e9 {
		return 0, fmt.Errorf("%q is no time to sleep", text)
	}
	return time.Duration(f * float64(unit)), nil
}

// date prints the time; "+FORMAT" knows %Y %m %d %H %M %S %s %N %F %T %z %%.
func date(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "date", "[-u] [+FORMAT]")
	utc := fs.BoolP("utc", "u", false, "Coordinated Universal Time")
	iso := fs.BoolP("iso-8601", "I", false, "the day as 2006-01-02")
	if err := fs.Parse(args); err != nil {
		return err
	}
	now := time.Now()
	if *utc {
		now = now.UTC()
	}
	format := "+%a %b %d %H:%M:%S %Z %Y"
	if *iso {
		format = "+%F"
	}
	if fs.NArg() > 0 {
		format = fs.Arg(0)
	}
	if !strings.HasPrefix(format, "+") {
		return errors.New("the clock can't be set from here; a format begins with +")
	}
	_, err := fmt.Fprintln(std.Out, formatDate(now, format[1:]))
	return err
}

func formatDate(t time.Time, format string) string {
	return strings.NewReplacer(
		"%Y", t.Format("2006"), "%m", t.Format("01"), "%d", t.Format("02"), "%H", t.Format("15"),
		"%M", t.Format("04"), "%S", t.Format("05"), "%s", strconv.FormatInt(t.Unix(), 10),
		"%N", fmt.Sprintf("%09d", t.Nanosecond()), "%F", t.Format(time.DateOnly), "%T", t.Format(time.TimeOnly),
		"%z", t.Format("-0700"), "%Z", t.Format("MST"), "%a", t.Format("Mon"), "%b", t.Format("Jan"), "%%", "%",
	).Replace(format)
}

// which prints where programs stand in PATH.
func which(_ context.Context, std applet.Std, args []string) error {
	missing := false
	for _, name := range args {
		path, err := exec.LookPath(name)
		if err != nil {
			missing = true
			continue
		}
		fmt.Fprintln(std.Out, path)
	}
	if missing {
		return applet.Exit(1)
	}
	return nil
}
