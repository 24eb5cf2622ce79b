package resources

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/openapi"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// schemaCacheSize bounds the parsed documents, one per API group version.
const schemaCacheSize = 32

// schemaCache keeps parsed OpenAPI documents by cluster and content address.
type schemaCache struct {
	mu        sync.Mutex
	documents map[string]map[string]any // "cluster address" → components.schemas
}

// schema gives the JSON schema of a kind with everything that it refers to under $defs.
func (f *Feature) schema(ctx context.Context, who caller, cluster, resource string) (map[string]any, error) {
	c, err := f.clusters.Cluster(cluster)
	if err != nil {
		return nil, err
	}
	kind, err := c.Kind(ctx, resource)
	if err != nil {
		return nil, err
	}
	clients, err := c.As(who.id)
	if err != nil {
		return nil, err
	}
	schemas, err := f.schemas.group(cluster, clients.Discovery, kind)
	if err != nil {
		return nil, kube.FromKube(err, kube.Ref{Cluster: cluster, Resource: kind.Resource})
	}
	root := schemaOfKind(schemas, kind)
	if root == "" {
		return nil, errs.New(errs.NotFound, "cluster %s publishes no schema of %s", cluster, kind.Resource).
			WithHint("custom kinds have one when their definition is structural")
	}
	return bundleSchema(schemas, root), nil
}

// group gives the schemas of a kind's group version.
func (s *schemaCache) group(cluster string, client discovery.DiscoveryInterface, kind kube.Kind) (map[string]any, error) {
	paths, err := client.OpenAPIV3().Paths()
	if err != nil {
		return nil, err
	}
	path := "apis/" + kind.Group + "/" + kind.Version
	if kind.Group == "" {
		path = "api/" + kind.Version
	}
	group, ok := paths[path]
	if !ok {
		return nil, errs.New(errs.NotFound, "cluster %s publishes no schemas of %s", cluster, kind.GVK().GroupVersion())
	}
	return s.document(cluster+" "+group.ServerRelativeURL(), group)
}

func (s *schemaCache) document(key string, group openapi.GroupVersion) (map[string]any, error) {
	s.mu.Lock()
	known := s.documents[key]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	text, err := group.Schema("application/json")
	if err != nil {
		return nil, err
	}
	var document struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, errs.New(errs.BadUpstream, "the cluster's OpenAPI document cannot be read").Wrap(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.documents) >= schemaCacheSize || s.documents == nil {
		s.documents = map[string]map[string]any{}
	}
	s.documents[key] = document.Components.Schemas
	return document.Components.Schemas, nil
}

// schemaOfKind finds the name of the schema that describes a kind.
func schemaOfKind(schemas map[string]any, kind kube.Kind) string {
	for _, name := range sortedKeys(schemas) {
		schema, _ := schemas[name].(map[string]any)
		kinds, _ := schema["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 { // types such as DeleteOptions belong to every group
			continue
		}
		k, _ := kinds[0].(map[string]any)
		if text(k, "kind") == kind.Kind && text(k, "group") == kind.Group && text(k, "version") == kind.Version {
			return name
		}
	}
	return ""
}

const schemaRefPrefix = "#/components/schemas/"

// bundleSchema copies a schema with all that it reaches, as one JSON schema document.
func bundleSchema(schemas map[string]any, root string) map[string]any {
	defs := map[string]any{}
	queue := []string{root}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if _, done := defs[name]; done {
			continue
		}
		var refs []string
		defs[name] = relinked(schemas[name], &refs)
		queue = append(queue, refs...)
	}
	out := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema"}
	if top, ok := defs[root].(map[string]any); ok {
		maps.Copy(out, top)
	}
	out["$defs"] = defs // the root stays among them: a type may refer to itself
	return out
}

// relinked copies a JSON value with its references turned to $defs, and collects them.
func relinked(v any, refs *[]string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, e := range v {
			if ref, ok := e.(string); ok && key == "$ref" && strings.HasPrefix(ref, schemaRefPrefix) {
				name := strings.TrimPrefix(ref, schemaRefPrefix)
				*refs = append(*refs, name)
				out[key] = "#/$defs/" + name
				continue
			}
			out[key] = relinked(e, refs)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = relinked(e, refs)
		}
		return out
	default:
		return v
	}
}
