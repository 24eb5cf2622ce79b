package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// userTerminal is the terminal that the user sits at; fd is -1 when there is none.
type userTerminal struct{ fd int }

// raw passes every key on, Ctrl-C too. restore puts the terminal back.
func (t *userTerminal) raw() (restore func(), err error) {
	if t.fd < 0 {
		return func() {}, nil
	}
	state, err := term.MakeRaw(t.fd)
	if err != nil {
		return nil, fmt.Errorf("prepare the terminal: %w", err)
	}
	return func() { _ = term.Restore(t.fd, state) }, nil
}

// watchSize tells the size now and after each change, until ctx ends.
func (t *userTerminal) watchSize(ctx context.Context, tell func(cols, rows int)) {
	if t.fd < 0 {
		return
	}
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	defer signal.Stop(changed)
	for {
		if cols, rows, err := term.GetSize(t.fd); err == nil && cols > 0 && rows > 0 {
			tell(cols, rows)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
