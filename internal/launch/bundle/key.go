package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
)

// keyLength is the number of hexadecimal digits of a cache key.
const keyLength = 16

// formatVersion changes when the way of making images changes, so that the
// cache is not asked for those that were made the old way.
const formatVersion = 1

// imageKey is a digest of everything that decides what the image is: its recipe
// and the content of its programs.
func imageKey(r Recipe, programs []builtProgram) (string, error) {
	recipe, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("image %s: %w", r.Name, err)
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s\x00", formatVersion, runtime.Version(), runtime.GOARCH, recipe)
	for _, p := range programs {
		_, _ = fmt.Fprintf(h, "%s\x00", p.sha256)
	}
	return hex.EncodeToString(h.Sum(nil))[:keyLength], nil
}

// bundleKey is a digest of the keys of a bundle's images, in order.
func bundleKey(keys []string) string {
	h := sha256.New()
	for _, k := range keys {
		_, _ = fmt.Fprintf(h, "%s\x00", k)
	}
	return hex.EncodeToString(h.Sum(nil))[:keyLength]
}
