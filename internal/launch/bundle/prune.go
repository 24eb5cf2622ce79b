package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// keepUnused is how long a cache entry that nothing asks for is kept: long enough
// for a platform that still serves an older bundle, and for switching between branches.
const keepUnused = 30 * 24 * time.Hour

// touch marks an entry as used, for prune. A failure only makes it look older.
func touch(dir string) {
	now := time.Now()
	_ = os.Chtimes(dir, now, now)
}

// prune removes entries of the folder that were not used for long, and what
// builds that were stopped have left. What can't be removed only costs space.
func prune(folder string, now time.Time) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() {
			continue
		}
		age := now.Sub(info.ModTime())
		if age > keepUnused || strings.HasPrefix(e.Name(), ".") && age > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(folder, e.Name()))
		}
	}
}
