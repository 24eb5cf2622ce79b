package fault

import (
	"context"
	"runtime"
	"time"
)

const (
	mib           = 1 << 20
	defaultMaxMiB = 1024
	pageBytes     = 4096
)

// leak takes memory at the given rate and holds it until the context ends.
func leak(ctx context.Context, m Memory) {
	most := m.MaxMiB
	if most == 0 {
		most = defaultMaxMiB
	}
	var held [][]byte
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		for range min(m.MiBPerSecond, most-len(held)) {
			held = append(held, touched())
		}
		select {
		case <-ctx.Done():
			runtime.KeepAlive(held)
			return
		case <-ticker.C:
		}
	}
}

// touched makes one MiB of which every page is in use.
func touched() []byte {
	block := make([]byte, mib)
	for i := 0; i < len(block); i += pageBytes {
		block[i] = 1
	}
	return block
}
