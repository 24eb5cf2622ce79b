package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/peterh/liner"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// errInterrupted is Ctrl-C at the prompt: the lines typed so far are dropped.
var errInterrupted = errors.New("interrupted")

// runInteractive reads lines from the terminal and runs them until `exit` or Ctrl-D.
func runInteractive(ctx context.Context, runner *interp.Runner, std applet.Std) error {
	// Without this the interpreter starts a fresh shell for every statement.
	runner.Reset()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)

	lines, err := openLines(runner)
	if err != nil {
		return err
	}
	defer func() { _ = lines.Close() }()

	var last error
	for {
		parser := syntax.NewParser()
		lines.incomplete = parser.Incomplete
		for stmts, err := range parser.InteractiveSeq(lines) {
			if err != nil {
				if errors.Is(err, errInterrupted) || ctx.Err() != nil {
					break
				}
				fmt.Fprintf(std.Err, "sh: %v\n", err)
				break
			}
			if parser.Incomplete() {
				continue
			}
			for _, stmt := range stmts {
				var interrupted bool
				last, interrupted = runStatement(ctx, runner, stmt, signals, std)
				if ctx.Err() != nil || runner.Exited() && !interrupted {
					return last
				}
			}
		}
		if lines.ended {
			fmt.Fprintln(std.Out)
			return nil
		}
		if ctx.Err() != nil {
			return last
		}
	}
}

// runStatement runs one statement; Ctrl-C ends that statement, not the shell.
func runStatement(ctx context.Context, runner *interp.Runner, stmt *syntax.Stmt, signals <-chan os.Signal, std applet.Std) (err error, interrupted bool) {
	drain(signals)
	running, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-signals:
			cancel(errInterrupted)
		case <-running.Done():
		}
	}()
	err = runner.Run(running, stmt)
	cancel(nil)
	<-done
	if errors.Is(context.Cause(running), errInterrupted) {
		fmt.Fprintln(std.Out)
		return err, true
	}
	var status interp.ExitStatus
	if err != nil && !errors.As(err, &status) {
		fmt.Fprintf(std.Err, "sh: %v\n", err)
		return interp.ExitStatus(1), false
	}
	return err, false
}

func drain(signals <-chan os.Signal) {
	select {
	case <-signals:
	default:
	}
}

// lineReader gives the parser one edited line per Read.
type lineReader struct {
	editor     *liner.State
	runner     *interp.Runner
	cooked     liner.ModeApplier // what programs expect of the terminal
	raw        liner.ModeApplier // what the editor needs
	incomplete func() bool
	rest       string
	ended      bool
}

func openLines(runner *interp.Runner) (*lineReader, error) {
	cooked, err := liner.TerminalMode()
	if err != nil {
		return nil, err
	}
	l := &lineReader{editor: liner.NewLiner(), runner: runner, cooked: cooked}
	l.editor.SetCtrlCAborts(true)
	l.editor.SetMultiLineMode(true)
	l.editor.SetTabCompletionStyle(liner.TabPrints)
	l.editor.SetWordCompleter(func(line string, pos int) (string, []string, string) {
		return completeFile(runner.Dir, line, pos)
	})
	if l.raw, err = liner.TerminalMode(); err != nil {
		_ = l.editor.Close()
		return nil, err
	}
	return l, cooked.ApplyMode()
}

func (l *lineReader) Close() error { return l.editor.Close() }

func (l *lineReader) Read(p []byte) (int, error) {
	if l.rest == "" {
		line, err := l.prompt()
		switch {
		case errors.Is(err, liner.ErrPromptAborted):
			return 0, errInterrupted
		case err != nil:
			l.ended = true
			return 0, io.EOF
		}
		if strings.TrimSpace(line) != "" {
			l.editor.AppendHistory(line)
		}
		l.rest = line + "\n"
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (l *lineReader) prompt() (string, error) {
	if err := l.raw.ApplyMode(); err != nil {
		return "", err
	}
	defer func() { _ = l.cooked.ApplyMode() }()
	prompt := "> "
	if !l.incomplete() {
		prompt = promptFor(l.runner.Dir)
	}
	return l.editor.Prompt(prompt)
}

func promptFor(dir string) string {
	mark := "$"
	if os.Geteuid() == 0 {
		mark = "#"
	}
	return dir + " " + mark + " "
}

// completeFile completes the path that ends at byte or rune pos of line.
func completeFile(dir, line string, pos int) (head string, candidates []string, tail string) {
	if pos > len(line) {
		pos = len(line)
	}
	start := strings.LastIndexAny(line[:pos], " \t;|&<>=(") + 1
	head, word, tail := line[:start], line[start:pos], line[pos:]
	folder, prefix := filepath.Split(word)
	absolute := folder
	if !filepath.IsAbs(folder) {
		absolute = filepath.Join(dir, folder)
	}
	entries, err := os.ReadDir(absolute)
	if err != nil {
		return head, nil, tail
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || prefix == "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		name := folder + e.Name()
		if e.IsDir() {
			name += "/"
		}
		candidates = append(candidates, name)
	}
	return head, candidates, tail
}
