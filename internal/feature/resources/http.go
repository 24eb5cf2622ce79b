package resources

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	clusterPath = httpapi.Prefix + "/clusters/{cluster}"
	objectPath  = clusterPath + "/resources/{resource}/objects/{ns}/{name}"

	// noNamespace stands in a path for the namespace of a cluster-scoped object.
	noNamespace = "_"

	// maxBody bounds a JSON body that carries a YAML text of at most maxYAML, escaped.
	maxBody = 2*maxYAML + 64<<10
)

// ObjectPath names one object in a path.
type ObjectPath struct {
	Cluster  string `path:"cluster" maxLength:"253" doc:"Name of the cluster"`
	Resource string `path:"resource" maxLength:"380" doc:"Resource key: pods, deployments.apps"`
	NS       string `path:"ns" maxLength:"253" doc:"Namespace; _ for a cluster-scoped object"`
	Name     string `path:"name" maxLength:"253"`
}

// Ref gives the object that the path names.
func (p ObjectPath) Ref() kube.Ref {
	r := kube.Ref{Cluster: p.Cluster, Resource: p.Resource, Namespace: p.NS, Name: p.Name}
	if r.Namespace == noNamespace {
		r.Namespace = ""
	}
	return r
}

// output wraps a body as huma wants it.
type output[T any] struct {
	Body T
}

// caller is who asks, and what of the clusters he may see.
type caller struct {
	scope *authz.Scope
	id    authz.Identity
}

// callerOf finds the caller of a request.
func callerOf(ctx context.Context) (caller, error) {
	r := httpapi.From(ctx)
	if r.Scope == nil {
		return caller{}, errs.New(errs.Unauthenticated, "nobody is signed in").WithHint("sign in first")
	}
	return caller{scope: r.Scope, id: r.Scope.Identity()}, nil
}

// operation describes one operation of this feature.
func operation(id, method, path, summary string, tag string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag},
	}
}

// register adds one typed operation whose handler gets the caller and answers with a body.
func register[I, O any](api *httpapi.API, op huma.Operation, handle func(context.Context, caller, *I) (O, error)) {
	if op.Method != http.MethodGet && op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	huma.Register(api.Typed, op, func(ctx context.Context, in *I) (*output[O], error) {
		who, err := callerOf(ctx)
		if err != nil {
			return nil, err
		}
		body, err := handle(ctx, who, in)
		if err != nil {
			return nil, err
		}
		return &output[O]{Body: body}, nil
	})
}
