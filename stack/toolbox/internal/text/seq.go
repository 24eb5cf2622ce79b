package text

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strconv"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// seq prints whole numbers: seq LAST, seq FIRST LAST, seq FIRST STEP LAST.
func seq(_ context.Context, std applet.Std, args []string) error {
	if len(args) < 1 || len(args) > 3 {
		return errors.New("usage: seq [FIRST [STEP]] LAST")
	}
	numbers := make([]int64, len(args))
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is no whole number", arg)
		}
		numbers[i] = n
	}
	first, step, last := int64(1), int64(1), numbers[len(numbers)-1]
	if len(numbers) > 1 {
		first = numbers[0]
	}
	if len(numbers) == 3 {
		step = numbers[1]
	}
	if step == 0 {
		return errors.New("a step of 0 has no end")
	}
	out := bufio.NewWriter(std.Out)
	for n := first; step > 0 && n <= last || step < 0 && n >= last; n += step {
		if _, err := fmt.Fprintln(out, n); err != nil {
			return err
		}
	}
	return out.Flush()
}
