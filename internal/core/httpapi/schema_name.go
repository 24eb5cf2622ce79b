package httpapi

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names a Go type in the OpenAPI document. Types keep their own name; where two
// packages use the same word (kube.Ref, access.Session) the first one registered keeps it,
// and a clash is caught by huma's registry at start. Types of core packages that are common
// words carry their package: FleetPage, FleetQuery.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/internal/core/fleet") {
		return "Fleet" + name
	}
	return name
}
