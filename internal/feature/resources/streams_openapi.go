package resources

import (
	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/httpapi"
)

const tagStreams = "Streams"

// objectParameters document the path of an object for operations that are no Go structs.
func objectParameters() []*huma.Param {
	text := &huma.Schema{Type: huma.TypeString}
	return []*huma.Param{
		{Name: "cluster", In: "path", Required: true, Schema: text, Description: "Name of the cluster"},
		{Name: "resource", In: "path", Required: true, Schema: text, Description: "Resource key: pods, deployments.apps"},
		{Name: "ns", In: "path", Required: true, Schema: text, Description: "Namespace"},
		{Name: "name", In: "path", Required: true, Schema: text},
	}
}

func queryParam(name, schemaType, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: schemaType}, Description: doc}
}

// streamResponses documents what a stream answers.
func streamResponses(content map[string]*huma.MediaType) map[string]*huma.Response {
	problem := map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Type: huma.TypeObject}}}
	return map[string]*huma.Response{
		"200":     {Description: "The stream", Content: content},
		"default": {Description: "Problem (RFC 9457)", Content: problem},
	}
}

// upgradeResponses documents an operation that becomes a WebSocket.
func upgradeResponses() map[string]*huma.Response {
	r := streamResponses(nil)
	delete(r, "200")
	r["101"] = &huma.Response{Description: "Switching to WebSocket"}
	return r
}

// streamRoutes registers what stays open.
func (f *Feature) streamRoutes(api *httpapi.API) {
	s := newStreams(f.clusters, f.ended, f.log, f.clock)
	s.logRoutes(api)
	s.execRoutes(api)
	s.portForwardRoutes(api)
	s.fileRoutes(api)
}
