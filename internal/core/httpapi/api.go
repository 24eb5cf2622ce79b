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

// The keys of Operation.Metadata that the border reads.
const (
	metaStream     = "kubemate.stream"
	metaGroup      = "kubemate.group"
	metaRestricted = "kubemate.restricted"
	metaProbe      = "kubemate.probe" // cheap, asked again and again by probes: no rate limit
)

// Stream marks an operation that lasts: a WebSocket, a followed log, a download. It has no
// time limit and is not compressed. It must end when Authenticator.Ended says so.
func Stream(op huma.Operation) huma.Operation { return withMetadata(op, metaStream, true) }

// ForGroup marks an operation that only members of a Kubemate group may use.
func ForGroup(op huma.Operation, group string) huma.Operation {
	return withMetadata(op, metaGroup, group)
}

// WhileRestricted marks an operation that a user who must first set a password may use.
func WhileRestricted(op huma.Operation) huma.Operation {
	return withMetadata(op, metaRestricted, true)
}

func withMetadata(op huma.Operation, key string, value any) huma.Operation {
	metadata := make(map[string]any, len(op.Metadata)+1)
	for k, v := range op.Metadata {
		metadata[k] = v
	}
	metadata[key] = value
	op.Metadata = metadata
	return op
}

func isPublic(op *huma.Operation) bool { return op.Security != nil && len(op.Security) == 0 }

func isStream(op *huma.Operation) bool { return op.Metadata[metaStream] == true }
