package embedded

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/rest"
)

// pollInterval is short, because people and test suites wait for what is polled.
const pollInterval = 50 * time.Millisecond

// poll calls done until it is true or fails, or ctx ends; then it returns ctx's cause.
func poll(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}

// withTimeout is a copy of cfg whose requests end after d.
func withTimeout(cfg *rest.Config, d time.Duration) *rest.Config {
	c := rest.CopyConfig(cfg)
	c.Timeout = d
	return c
}

// lastLines are the last n lines of a log file, read from its last 16 KiB.
func lastLines(path string, n int) string {
	const window = 16 << 10
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > window {
		_, _ = f.Seek(-window, io.SeekEnd)
	}
	data, err := io.ReadAll(io.LimitReader(f, window))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
