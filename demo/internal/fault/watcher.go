package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// Watcher applies a configuration file whenever its content changes. Content
// is compared, not times: a mounted ConfigMap changes by swapping a symlink.
type Watcher struct {
	path  string
	board *Board
	log   *slog.Logger
	last  string // the content seen last, good or bad
	seen  bool
}

// NewWatcher makes a watcher of the file at path.
func NewWatcher(path string, board *Board, log *slog.Logger) *Watcher {
	return &Watcher{path: path, board: board, log: log}
}

// Run polls the file until the context ends.
func (w *Watcher) Run(ctx context.Context, every time.Duration) error {
	for {
		w.Poll()
		if !sleep(ctx, every) {
			return nil
		}
	}
}

// Poll looks at the file once. A file that is not there counts as empty. A
// file that can't be read or parsed changes nothing, and is logged once.
func (w *Watcher) Poll() {
	content, err := read(w.path)
	if err != nil {
		content = "\x00" + err.Error() // differs from any content that parses
	}
	if w.seen && content == w.last {
		return
	}
	w.seen, w.last = true, content
	var set Set
	if err == nil {
		set, err = Parse([]byte(content), w.board.known)
	}
	if err != nil {
		w.log.Error("fault configuration refused, the last good one stays", "path", w.path, "error", err)
		return
	}
	w.board.Apply(set, "file")
}

func read(path string) (string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open fault configuration: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err != nil {
		return "", fmt.Errorf("read fault configuration: %w", err)
	}
	return string(data), nil
}
