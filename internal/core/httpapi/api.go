package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Prefix is the path below which all operations stand; the console's files are outside it.
const Prefix = "/api/v1"

// API is where features register their operations.
type API struct {
	// Typed takes operations whose input and output are Go structs: huma.Register(api.Typed, …).
	// Paths are given with Prefix. The security of an operation is "session" unless Public.
	Typed huma.API
	// Raw takes WebSockets, streams, proxies and pre-encoded hot pages. They pass the same
	// middleware and stand in the same OpenAPI document.
	Raw func(op huma.Operation, handler RawHandler)
}

// RawHandler answers by itself; a returned error becomes a problem if nothing was written yet.
// Path parameters: r.PathValue(name).
type RawHandler func(w http.ResponseWriter, r *http.Request) error

// Public marks an operation that needs no sign-in.
func Public(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{}
	return op
}
