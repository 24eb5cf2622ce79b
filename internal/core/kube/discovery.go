package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	"k8s.io/client-go/kubernetes/scheme"

	"kubemate.io/kubemate/internal/core/errs"
)

// aggregated asks for all groups in one answer; servers since 1.27 know it.
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

const kindsFreshFor = 2 * time.Second // a miss asks the cluster again, but not more often

// discoverer keeps the list of kinds of one cluster.
type discoverer struct {
	cluster *connection

	fetching sync.Mutex // one fetch at a time
	mu       sync.RWMutex
	kinds    []Kind
	byName   map[string]int // every name, lower case → index of the preferred kind
	problem  error
	at       time.Time
	expired  bool
}

// list gives the kinds, fetching them the first time.
func (d *discoverer) list(ctx context.Context) ([]Kind, error) {
	d.mu.RLock()
	kinds, problem, usable := d.kinds, d.problem, !d.at.IsZero() && !d.expired
	d.mu.RUnlock()
	if usable {
		return slices.Clone(kinds), problem
	}
	if err := d.refresh(ctx); err != nil {
		d.mu.RLock()
		defer d.mu.RUnlock()
		return slices.Clone(d.kinds), err
	}
	return d.list(ctx)
}

// find looks a name up, and asks the cluster again before it says no.
func (d *discoverer) find(ctx context.Context, name string) (Kind, error) {
	kinds, problem := d.list(ctx)
	if k, ok := d.lookup(name); ok {
		return k, nil
	}
	if problem != nil && len(kinds) == 0 {
		return Kind{}, problem
	}
	d.mu.RLock()
	old := d.cluster.clock.Since(d.at) > kindsFreshFor
	d.mu.RUnlock()
	if old && d.refresh(ctx) == nil {
		if k, ok := d.lookup(name); ok {
			return k, nil
		}
	}
	e := errs.New(errs.NotFound, "cluster %s serves no kind %q", d.cluster.name, name)
	if near := d.near(name); len(near) > 0 {
		return Kind{}, e.WithHint("did you mean %s?", strings.Join(near, ", ")).WithExtra("near", near)
	}
	return Kind{}, e.WithHint("see the list of kinds of the cluster")
}

func (d *discoverer) lookup(name string) (Kind, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	i, ok := d.byName[strings.ToLower(name)]
	if !ok {
		return Kind{}, false
	}
	return d.kinds[i], true
}

func (d *discoverer) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expired = true
}

// refresh asks the cluster. When single groups fail, the others are kept and the error
// of list names them.
func (d *discoverer) refresh(ctx context.Context) error {
	d.fetching.Lock()
	defer d.fetching.Unlock()
	kinds, failing, err := d.fetch(ctx)
	if err != nil {
		return FromKube(err, Ref{Cluster: d.cluster.name})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kinds, d.byName = kinds, names(kinds)
	d.at, d.expired, d.problem = d.cluster.clock.Now(), false, nil
	if len(failing) > 0 {
		d.problem = errs.New(errs.Unavailable, "these API groups of cluster %s do not answer: %s",
			d.cluster.name, strings.Join(failing, ", ")).
			WithHint("look at their APIService and the pods behind it").WithExtra("groups", failing)
	}
	return nil
}

func (d *discoverer) fetch(ctx context.Context) (kinds []Kind, failing []string, err error) {
	client := d.cluster.System().Discovery.RESTClient()
	for _, path := range []string{"/api", "/apis"} {
		raw, err := client.Get().AbsPath(path).SetHeader("Accept", aggregated).Do(ctx).Raw()
		if err != nil {
			return nil, nil, fmt.Errorf("discover %s: %w", path, err)
		}
		var groups apidiscoveryv2.APIGroupDiscoveryList
		if err := json.Unmarshal(raw, &groups); err != nil {
			return nil, nil, errs.New(errs.BadUpstream, "the list of kinds of cluster %s could not be read", d.cluster.name).Wrap(err)
		}
		if groups.Kind != "APIGroupDiscoveryList" {
			return d.fetchUnaggregated()
		}
		for i := range groups.Items {
			k, bad := kindsOf(&groups.Items[i])
			kinds, failing = append(kinds, k...), append(failing, bad...)
		}
	}
	sortKinds(kinds)
	return kinds, failing, nil
}

// kindsOf lists the kinds of a group, each at the first (preferred) version that has it.
func kindsOf(g *apidiscoveryv2.APIGroupDiscovery) (kinds []Kind, failing []string) {
	seen := map[string]bool{}
	for _, v := range g.Versions {
		if v.Freshness == apidiscoveryv2.DiscoveryFreshnessStale {
			failing = append(failing, strings.TrimPrefix(g.Name+"/"+v.Version, "/"))
		}
		for i := range v.Resources {
			r := &v.Resources[i]
			if seen[r.Resource] || r.ResponseKind == nil {
				continue
			}
			seen[r.Resource] = true
			kinds = append(kinds, kindOf(g.Name, v.Version, r))
		}
	}
	return kinds, failing
}

func kindOf(group, version string, r *apidiscoveryv2.APIResourceDiscovery) Kind {
	k := Kind{
		Resource: ResourceKey(group, r.Resource), Group: group, Version: version,
		Plural: r.Resource, Kind: r.ResponseKind.Kind,
		Namespaced: r.Scope == apidiscoveryv2.ScopeNamespace, Custom: custom(group),
		Verbs: nonNil(r.Verbs), ShortNames: nonNil(r.ShortNames), Categories: nonNil(r.Categories),
		Subresources: []string{},
	}
	for _, s := range r.Subresources {
		k.Subresources = append(k.Subresources, s.Subresource)
	}
	return k
}

// custom says whether a group is defined by a CRD or an aggregated API.
func custom(group string) bool {
	return !scheme.Scheme.IsGroupRegistered(group) && group != "apiextensions.k8s.io" && group != "apiregistration.k8s.io"
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func sortKinds(kinds []Kind) {
	sort.Slice(kinds, func(i, j int) bool {
		if kinds[i].Group != kinds[j].Group {
			return kinds[i].Group < kinds[j].Group
		}
		return kinds[i].Plural < kinds[j].Plural
	})
}
