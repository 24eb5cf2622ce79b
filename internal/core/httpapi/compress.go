package httpapi

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// noCompression is a header by which a handler keeps its answer from being compressed.
const noCompression = gzhttp.HeaderNoCompression

// compressed compresses texts of at least atBytes. The random padding keeps the length of an
// answer from telling what secret stands next to text that an attacker chose.
func compressed(next http.Handler, atBytes int) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(atBytes),
		gzhttp.CompressionLevel(4),
		gzhttp.RandomJitter(32, 0, false),
		gzhttp.ContentTypes([]string{
			"application/json", "application/problem+json", "application/openapi+yaml", "application/yaml",
			"text/yaml", "text/csv", "text/plain",
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	return wrap(next), nil
}
