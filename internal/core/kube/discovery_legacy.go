package kube

import (
	"errors"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// fetchUnaggregated asks group by group, for servers that don't aggregate their discovery.
func (d *discoverer) fetchUnaggregated() (kinds []Kind, failing []string, err error) {
	lists, err := discovery.ServerPreferredResources(d.cluster.System().Discovery)
	var partial *discovery.ErrGroupDiscoveryFailed
	switch {
	case errors.As(err, &partial):
		for gv := range partial.Groups {
			failing = append(failing, gv.String())
		}
	case err != nil:
		return nil, nil, err
	}
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		kinds = append(kinds, kindsOfList(gv, list.APIResources)...)
	}
	sortKinds(kinds)
	return kinds, failing, nil
}

func kindsOfList(gv schema.GroupVersion, resources []metav1.APIResource) []Kind {
	var kinds []Kind
	at := map[string]int{}
	for _, r := range resources {
		if strings.Contains(r.Name, "/") {
			continue
		}
		at[r.Name] = len(kinds)
		kinds = append(kinds, Kind{
			Resource: ResourceKey(gv.Group, r.Name), Group: gv.Group, Version: gv.Version,
			Plural: r.Name, Kind: r.Kind, Namespaced: r.Namespaced, Custom: custom(gv.Group),
			Verbs: nonNil(r.Verbs), ShortNames: nonNil(r.ShortNames), Categories: nonNil(r.Categories),
			Subresources: []string{},
		})
	}
	for _, r := range resources {
		plural, sub, ok := strings.Cut(r.Name, "/")
		if i, known := at[plural]; ok && known {
			kinds[i].Subresources = append(kinds[i].Subresources, sub)
		}
	}
	return kinds
}
