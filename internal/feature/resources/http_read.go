package resources

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/httpapi"
)

const tagRead = "Resources"

type detailInput struct {
	ObjectPath
	Reveal bool `query:"reveal" doc:"Show the values of a Secret"`
}

type yamlInput struct {
	ObjectPath
	ManagedFields bool `query:"managedFields" doc:"Keep metadata.managedFields"`
	Reveal        bool `query:"reveal" doc:"Show the values of a Secret"`
}

type yamlOutput struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"The resourceVersion in quotes"`
	Stale       string `header:"X-Kubemate-Stale" doc:"Why this is the last known state, if the cluster is out of contact"`
	Body        []byte
}

type searchInput struct {
	Text    string `query:"q" maxLength:"253" doc:"Part of a name; \"kind name\" looks in one kind only"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cluster string `query:"cluster" maxLength:"253" doc:"Only this cluster"`
}

type schemaInput struct {
	Cluster  string `path:"cluster" maxLength:"253"`
	Resource string `path:"resource" maxLength:"380"`
}

// readRoutes registers what shows one object and what is around it.
func (f *Feature) readRoutes(api *httpapi.API) {
	register(api, operation("get-object", http.MethodGet, objectPath, "Show an object", tagRead),
		func(ctx context.Context, who caller, in *detailInput) (*ObjectDetail, error) {
			return f.detail(ctx, who, in.Ref(), in.Reveal)
		})
	register(api, operation("get-object-events", http.MethodGet, objectPath+"/events", "List the events about an object", tagRead),
		func(ctx context.Context, who caller, in *ObjectPath) (*ObjectEvents, error) {
			return f.events(ctx, who, in.Ref())
		})
	register(api, operation("get-object-owners", http.MethodGet, objectPath+"/owners", "Show the tree of owners that an object stands in", tagRead),
		func(ctx context.Context, who caller, in *ObjectPath) (*OwnerNode, error) {
			return f.owners(ctx, who, in.Ref())
		})
	register(api, operation("get-object-related", http.MethodGet, objectPath+"/related", "List the objects around an object", tagRead),
		func(ctx context.Context, who caller, in *ObjectPath) (*RelatedObjects, error) {
			return f.related(ctx, who, in.Ref())
		})
	register(api, operation("get-object-why", http.MethodGet, objectPath+"/why", "Say why an object is not running", tagRead),
		func(ctx context.Context, who caller, in *ObjectPath) (*Why, error) {
			return f.why(ctx, who, in.Ref())
		})
	register(api, operation("search", http.MethodGet, httpapi.Prefix+"/search", "Find objects by name", tagRead),
		func(ctx context.Context, who caller, in *searchInput) (*SearchResults, error) {
			return f.search(ctx, who, in.Text, in.Cluster, in.Limit)
		})
	register(api, operation("get-schema", http.MethodGet, clusterPath+"/schema/{resource}", "Give the JSON schema of a kind", tagRead),
		func(ctx context.Context, who caller, in *schemaInput) (map[string]any, error) {
			return f.schema(ctx, who, in.Cluster, in.Resource)
		})
	f.yamlRoute(api)
}

func (f *Feature) yamlRoute(api *httpapi.API) {
	op := operation("get-object-yaml", http.MethodGet, objectPath+"/yaml", "Show an object as YAML", tagRead)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The object, fresh from the cluster",
		Content:     map[string]*huma.MediaType{"text/yaml": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(api.Typed, op, func(ctx context.Context, in *yamlInput) (*yamlOutput, error) {
		who, err := callerOf(ctx)
		if err != nil {
			return nil, err
		}
		return f.yaml(ctx, who, in)
	})
}
