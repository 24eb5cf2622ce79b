package kube

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
)

// fakeServer answers discovery and health over real HTTP, and records what it was asked.
type fakeServer struct {
	*httptest.Server
	mu       sync.Mutex
	groups   []apidiscoveryv2.APIGroupDiscovery
	ready    int // status of /readyz
	requests []*http.Request
	pods     http.HandlerFunc // of pods, if not nil
	token    string           // the only bearer token that is accepted; "" for any
}

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	f := &fakeServer{ready: http.StatusOK}
	f.groups = []apidiscoveryv2.APIGroupDiscovery{
		group("apps", version("v1", served("deployments", "Deployment", "deploy"))),
		group("events.k8s.io", version("v1", served("events", "Event", "ev"))),
		group("shop.example.io", version("v2", served("pods", "ShopPod")), version("v1", served("carts", "Cart"), served("pods", "OldShopPod"))),
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, r)
	ready, groups, pods, token := f.ready, f.groups, f.pods, f.token
	f.mu.Unlock()
	if token != "" && r.Header.Get("Authorization") != "Bearer "+token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if pods != nil && strings.Contains(r.URL.Path, "/pods") {
		pods(w, r)
		return
	}
	core := []apidiscoveryv2.APIGroupDiscovery{group("", version("v1",
		served("pods", "Pod", "po"), served("events", "Event", "ev"), served("services", "Service", "svc")))}
	switch r.URL.Path {
	case "/readyz":
		w.WriteHeader(ready)
	case "/version":
		writeJSON(w, map[string]string{"gitVersion": "v1.35.4"})
	case "/api":
		writeJSON(w, list(core))
	case "/apis":
		writeJSON(w, list(groups))
	default:
		http.NotFound(w, r)
	}
}

func (f *fakeServer) seen(path string) (out []*http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if r.URL.Path == path {
			out = append(out, r)
		}
	}
	return out
}

func (f *fakeServer) connect(t *testing.T, clk clock.WithTicker) *connection {
	t.Helper()
	c, err := newConnection("local", "Local", Fixed(&rest.Config{Host: f.URL}), slog.New(slog.DiscardHandler), clk)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func list(groups []apidiscoveryv2.APIGroupDiscovery) *apidiscoveryv2.APIGroupDiscoveryList {
	return &apidiscoveryv2.APIGroupDiscoveryList{
		TypeMeta: metav1.TypeMeta{Kind: "APIGroupDiscoveryList", APIVersion: "apidiscovery.k8s.io/v2"}, Items: groups,
	}
}

func group(name string, versions ...apidiscoveryv2.APIVersionDiscovery) apidiscoveryv2.APIGroupDiscovery {
	return apidiscoveryv2.APIGroupDiscovery{ObjectMeta: metav1.ObjectMeta{Name: name}, Versions: versions}
}

func version(v string, resources ...apidiscoveryv2.APIResourceDiscovery) apidiscoveryv2.APIVersionDiscovery {
	return apidiscoveryv2.APIVersionDiscovery{Version: v, Resources: resources, Freshness: apidiscoveryv2.DiscoveryFreshnessCurrent}
}

func served(plural, kind string, short ...string) apidiscoveryv2.APIResourceDiscovery {
	return apidiscoveryv2.APIResourceDiscovery{
		Resource: plural, ResponseKind: &metav1.GroupVersionKind{Kind: kind}, Scope: apidiscoveryv2.ScopeNamespace,
		ShortNames: short, Verbs: []string{"get", "list", "watch"},
		Subresources: []apidiscoveryv2.APISubresourceDiscovery{{Subresource: "status"}},
	}
}
