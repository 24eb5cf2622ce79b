package fleet

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/kube"
)

// page is one part of a list.
type page struct {
	objects []metav1.Object
	version string // resourceVersion of the list
	next    string // continue token, "" on the last page
}

// upstream lists and watches one kind in one form.
type upstream interface {
	list(ctx context.Context, o metav1.ListOptions) (page, error)
	watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error)
	// objects takes the objects out of what a watch delivers: one, or none for a bookmark of a table.
	objects(o runtime.Object) ([]metav1.Object, error)
}

// upstreamFor chooses by the form. Clients are taken anew for each call: credentials may
// have been renewed.
func upstreamFor(cluster kube.Cluster, kind kube.Kind, f form) upstream {
	switch f {
	case formTyped:
		return &restUpstream{cluster: cluster, kind: kind, accept: runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON, codecs: scheme.Codecs}
	case formTable:
		return &tableUpstream{restUpstream: restUpstream{cluster: cluster, kind: kind, accept: tableAccept, codecs: tableScheme()}}
	default:
		return &dynamicUpstream{cluster: cluster, kind: kind}
	}
}

// restUpstream speaks to the plain REST paths and decodes typed objects.
type restUpstream struct {
	cluster kube.Cluster
	kind    kube.Kind
	accept  string
	codecs  serializer.CodecFactory
}

func (u *restUpstream) client() (*rest.RESTClient, error) {
	cfg := rest.CopyConfig(u.cluster.System().Config)
	gv := u.kind.GVR().GroupVersion()
	cfg.GroupVersion = &gv
	cfg.APIPath = "/apis"
	if gv.Group == "" {
		cfg.APIPath = "/api"
	}
	cfg.NegotiatedSerializer = u.codecs.WithoutConversion()
	cfg.AcceptContentTypes = u.accept
	client, err := rest.RESTClientFor(cfg)
	if err != nil {
		return nil, fmt.Errorf("make client for %s: %w", u.kind.Resource, err)
	}
	return client, nil
}

func (u *restUpstream) get(o *metav1.ListOptions) (*rest.Request, error) {
	client, err := u.client()
	if err != nil {
		return nil, err
	}
	return client.Get().Resource(u.kind.Plural).VersionedParams(o, scheme.ParameterCodec).MaxRetries(0), nil
}

func (u *restUpstream) fetch(ctx context.Context, o metav1.ListOptions, into runtime.Object) error {
	req, err := u.get(&o)
	if err != nil {
		return err
	}
	return req.Do(ctx).Into(into)
}

func (u *restUpstream) list(ctx context.Context, o metav1.ListOptions) (page, error) {
	gvk := u.kind.GVK()
	gvk.Kind += "List"
	into, err := scheme.Scheme.New(gvk)
	if err != nil {
		return page{}, fmt.Errorf("list %s: %w", u.kind.Resource, err)
	}
	if err := u.fetch(ctx, o, into); err != nil {
		return page{}, err
	}
	return pageOf(into)
}

func (u *restUpstream) watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	o.Watch = true
	req, err := u.get(&o)
	if err != nil {
		return nil, err
	}
	return req.Watch(ctx)
}

func (u *restUpstream) objects(o runtime.Object) ([]metav1.Object, error) { return single(o) }

// tableUpstream receives the printed form.
type tableUpstream struct {
	restUpstream
	columns []string
}

func (u *tableUpstream) list(ctx context.Context, o metav1.ListOptions) (page, error) {
	var t metav1.Table
	if err := u.fetch(ctx, o, &t); err != nil {
		return page{}, err
	}
	objects, err := printedRows(&t, &u.columns)
	return page{objects: objects, version: t.ResourceVersion, next: t.Continue}, err
}

func (u *tableUpstream) objects(o runtime.Object) ([]metav1.Object, error) {
	t, ok := o.(*metav1.Table)
	if !ok {
		return nil, fmt.Errorf("watch %s: expected a table, got %T", u.kind.Resource, o)
	}
	return printedRows(t, &u.columns)
}

// dynamicUpstream receives JSON, for kinds without a Go type.
type dynamicUpstream struct {
	cluster kube.Cluster
	kind    kube.Kind
}

func (u *dynamicUpstream) list(ctx context.Context, o metav1.ListOptions) (page, error) {
	into, err := u.cluster.System().Dynamic.Resource(u.kind.GVR()).List(ctx, o)
	if err != nil {
		return page{}, err
	}
	p := page{version: into.GetResourceVersion(), next: into.GetContinue(), objects: make([]metav1.Object, len(into.Items))}
	for i := range into.Items {
		p.objects[i] = &into.Items[i]
	}
	return p, nil
}

func (u *dynamicUpstream) watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	return u.cluster.System().Dynamic.Resource(u.kind.GVR()).Watch(ctx, o)
}

func (u *dynamicUpstream) objects(o runtime.Object) ([]metav1.Object, error) { return single(o) }

func single(o runtime.Object) ([]metav1.Object, error) {
	m, ok := o.(metav1.Object)
	if !ok {
		return nil, fmt.Errorf("the API server sent a %T in a watch", o)
	}
	return []metav1.Object{m}, nil
}

func pageOf(into runtime.Object) (page, error) {
	listMeta, err := meta.ListAccessor(into)
	if err != nil {
		return page{}, fmt.Errorf("read a list: %w", err)
	}
	p := page{version: listMeta.GetResourceVersion(), next: listMeta.GetContinue()}
	err = meta.EachListItem(into, func(o runtime.Object) error {
		m, ok := o.(metav1.Object)
		if !ok {
			return errors.New("a list holds something that is no object")
		}
		p.objects = append(p.objects, m)
		return nil
	})
	if err != nil {
		return page{}, fmt.Errorf("read a list: %w", err)
	}
	return p, nil
}
