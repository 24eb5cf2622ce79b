package text

import (
	"context"
	"fmt"
	"io"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// uniq prints each run of equal lines once.
func uniq(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "uniq", "[-cdu] [FILE]")
	counted := fs.BoolP("count", "c", false, "print how often the line came before it")
	repeated := fs.BoolP("repeated", "d", false, "print only lines that came several times")
	single := fs.BoolP("unique", "u", false, "print only lines that came once")
	if err := fs.Parse(args); err != nil {
		return err
	}
	times, last := 0, ""
	flush := func() {
		switch {
		case times == 0, *repeated && times == 1, *single && times > 1:
		case *counted:
			fmt.Fprintf(std.Out, "%7d %s\n", times, last)
		default:
			fmt.Fprintln(std.Out, last)
		}
	}
	err := applet.EachInput(std, "uniq", fs.Args(), func(_ string, r io.Reader) error {
		return lines(r, func(line []byte) bool {
			if times == 0 || string(line) != last {
				flush()
				times, last = 0, string(line)
			}
			times++
			return true
		})
	})
	flush()
	return err
}
