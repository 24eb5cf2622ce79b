package app

import (
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory tells the garbage collector of the cgroup's memory limit, a tenth kept for what
// it does not count. GOMEMLIMIT wins; the processors Go takes from the cgroup by itself.
func limitMemory(log *slog.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		content, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
		if err != nil || limit < 64<<20 || limit > 1<<42 { // "max", nonsense, or cgroup v1's word for none
			return
		}
		debug.SetMemoryLimit(limit / 10 * 9)
		log.Info("memory limit taken from the cgroup", "bytes", limit/10*9)
		return
	}
}
