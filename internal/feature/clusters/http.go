package clusters

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/httpapi"
)

// Routes registers the operations of the feature.
func (f *Feature) Routes(api *httpapi.API) {
	huma.Register(api.Typed, operation("list-clusters", http.MethodGet, "/clusters",
		"Clusters in which the caller may see something"), f.getClusters)
	huma.Register(api.Typed, operation("get-cluster", http.MethodGet, "/clusters/{cluster}", "One cluster"), f.getCluster)
	huma.Register(api.Typed, operation("get-overview", http.MethodGet, "/clusters/{cluster}/overview",
		"Counts, use, problems and warnings of a cluster or namespace"), f.getOverview)
	huma.Register(api.Typed, operation("list-kinds", http.MethodGet, "/clusters/{cluster}/kinds",
		"Kinds that the cluster serves, and what the caller can do with them"), f.getKinds)
	huma.Register(api.Typed, operation("list-namespaces", http.MethodGet, "/clusters/{cluster}/namespaces",
		"Namespaces that the caller may enter"), f.getNamespaces)
	huma.Register(api.Typed, operation("ask-rights", http.MethodPost, "/clusters/{cluster}/can",
		"Ask what the caller may do; changes nothing"), f.postCan)
}

func operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: httpapi.Prefix + path, Tags: []string{"clusters"}, Summary: summary}
}

type clusterInput struct {
	Cluster string `path:"cluster" doc:"Name of the cluster"`
}

type body[T any] struct{ Body T }

// ClusterList is the answer of listClusters.
type ClusterList struct {
	Clusters []Cluster `json:"clusters"`
}

func (f *Feature) getClusters(ctx context.Context, _ *struct{}) (*body[ClusterList], error) {
	list, err := f.list(ctx, httpapi.From(ctx).Scope)
	if err != nil {
		return nil, err
	}
	return &body[ClusterList]{ClusterList{list}}, nil
}

func (f *Feature) getCluster(ctx context.Context, in *clusterInput) (*body[ClusterDetail], error) {
	c, scope, err := f.enter(ctx, in.Cluster)
	if err != nil {
		return nil, err
	}
	detail, err := f.detail(ctx, scope, c)
	if err != nil {
		return nil, err
	}
	return &body[ClusterDetail]{*detail}, nil
}

type overviewInput struct {
	Cluster   string `path:"cluster" doc:"Name of the cluster"`
	Namespace string `query:"namespace" maxLength:"253" doc:"Only this namespace"`
}

func (f *Feature) getOverview(ctx context.Context, in *overviewInput) (*body[Overview], error) {
	c, scope, err := f.enter(ctx, in.Cluster)
	if err != nil {
		return nil, err
	}
	o, err := f.overview(ctx, scope, c, in.Namespace)
	if err != nil {
		return nil, err
	}
	return &body[Overview]{*o}, nil
}

// KindList is the answer of listKinds.
type KindList struct {
	Kinds      []KindInfo `json:"kinds"`
	Incomplete []string   `json:"incomplete" doc:"API groups that did not answer"`
}

func (f *Feature) getKinds(ctx context.Context, in *clusterInput) (*body[KindList], error) {
	c, scope, err := f.enter(ctx, in.Cluster)
	if err != nil {
		return nil, err
	}
	list, err := f.kinds(ctx, scope, c)
	if err != nil {
		return nil, err
	}
	return &body[KindList]{*list}, nil
}

// NamespaceList is the answer of listNamespaces.
type NamespaceList struct {
	Namespaces []Namespace `json:"namespaces"`
}

func (f *Feature) getNamespaces(ctx context.Context, in *clusterInput) (*body[NamespaceList], error) {
	c, scope, err := f.enter(ctx, in.Cluster)
	if err != nil {
		return nil, err
	}
	list, err := f.namespaces(ctx, scope, c)
	if err != nil {
		return nil, err
	}
	return &body[NamespaceList]{NamespaceList{list}}, nil
}

// Questions is the input of askRights.
type Questions struct {
	Questions []Question `json:"questions" maxItems:"500"`
}

// Answers is the answer of askRights, in the order of the questions.
type Answers struct {
	Answers []Answer `json:"answers"`
}

type canInput struct {
	Cluster string `path:"cluster" doc:"Name of the cluster"`
	Body    Questions
}

func (f *Feature) postCan(ctx context.Context, in *canInput) (*body[Answers], error) {
	c, err := f.clusters.Cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	answers, err := f.can(ctx, httpapi.From(ctx).Scope, c, in.Body.Questions)
	if err != nil {
		return nil, err
	}
	return &body[Answers]{Answers{answers}}, nil
}
