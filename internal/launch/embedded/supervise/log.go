package supervise

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	// maxLog is the size in bytes at which a log is cut; one predecessor is kept beside it as <name>.log.1.
	maxLog      = 16 << 20
	rotateEvery = 10 * time.Second
)

// openLog opens for appending, which is what lets rotateLog cut the file under a running child.
func openLog(path string) (*os.File, error) {
	rotateLog(path)
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// rotateLog copies a log that is too long to <path>.1 and cuts it. The child keeps its file: it holds no descriptor
// that could be exchanged, and it must survive the supervisor. Lines written during the copy can be lost.
func rotateLog(path string) {
	info, err := os.Stat(path)
	if err != nil || info.Size() < maxLog {
		return
	}
	if err := copyLog(path, path+".1"); err == nil {
		_ = os.Truncate(path, 0)
	}
}

func copyLog(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, io.LimitReader(src, 2*maxLog))
	if err := errors.Join(err, dst.Close()); err != nil {
		return fmt.Errorf("copy log: %w", err)
	}
	return nil
}
