package resources

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
)

type listInput struct {
	Cluster    string   `path:"cluster" maxLength:"253"`
	Resource   string   `path:"resource" maxLength:"380" doc:"Resource key, plural, singular or short name"`
	Namespaces []string `query:"namespace,explode" maxItems:"1000" doc:"Only these; repeat"`
	Text       string   `query:"q" maxLength:"253" doc:"Part of name, namespace or status"`
	Labels     string   `query:"labels" maxLength:"4096" doc:"Label selector"`
	Filters    []string `query:"filter,explode" maxItems:"20" doc:"Conditions on columns, all must hold; repeat: status=Running,Pending or restarts>5"`
	Owner      string   `query:"owner" maxLength:"64" doc:"uid of the controller that owns the objects"`
	Sort       string   `query:"sort" maxLength:"64" doc:"Column id; default name"`
	Desc       bool     `query:"desc"`
	Offset     int      `query:"offset" minimum:"0"`
	Limit      int      `query:"limit" minimum:"0" maximum:"500" doc:"0 = 100"`
	Columns    []string `query:"columns" maxItems:"64" doc:"Column ids, with commas; default: those that are not wide"`
	Accept     string   `header:"Accept" hidden:"true"`
}

type listOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// listRoutes registers the list of a kind: a page as JSON, or every match as CSV.
func (f *Feature) listRoutes(api *httpapi.API) {
	op := operation("list-objects", http.MethodGet, clusterPath+"/resources/{resource}", "List objects of a kind", tagRead)
	page := api.Typed.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[fleet.Page](), true, "Page")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "A page of the objects that match; with Accept: text/csv every match",
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: page},
			"text/csv":         {Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}}
	huma.Register(api.Typed, op, func(ctx context.Context, in *listInput) (*listOutput, error) {
		who, err := callerOf(ctx)
		if err != nil {
			return nil, err
		}
		return f.list(ctx, who, in)
	})
}

func (f *Feature) list(ctx context.Context, who caller, in *listInput) (*listOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	if strings.Contains(in.Accept, "text/csv") {
		text, err := f.csv(ctx, who, q)
		if err != nil {
			return nil, err
		}
		return &listOutput{
			ContentType: "text/csv; charset=utf-8",
			Disposition: `attachment; filename="` + fileName(q.Cluster, q.Resource) + `.csv"`,
			Body:        text,
		}, nil
	}
	page, err := f.fleet.ListJSON(ctx, who.scope, q)
	if err != nil {
		return nil, err
	}
	return &listOutput{ContentType: "application/json", Body: page}, nil
}

func (in *listInput) query() (fleet.Query, error) {
	q := fleet.Query{
		Cluster: in.Cluster, Resource: in.Resource, Namespaces: in.Namespaces, Text: in.Text,
		Labels: in.Labels, Owner: in.Owner, Sort: in.Sort, Desc: in.Desc,
		Offset: in.Offset, Limit: in.Limit, Columns: in.Columns,
	}
	for _, text := range in.Filters {
		filter, err := parseFilter(text)
		if err != nil {
			return q, err
		}
		q.Filters = append(q.Filters, filter)
	}
	return q, nil
}
