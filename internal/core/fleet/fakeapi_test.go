package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// fakeAPI is an API server of pods over real HTTP that can be made to fail. It answers JSON.
type fakeAPI struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	rv      int
	pods    map[string]*corev1.Pod // by uid
	history []event
	oldest  int           // versions below have expired
	fault   fault         // for the next requests
	changed chan struct{} // closed and renewed at each event
	lists   int
	watches int
}

type event struct {
	rv   int
	Type string          `json:"type"`
	Raw  json.RawMessage `json:"object"`
}

// fault takes over a request; false lets the server answer as usual.
type fault func(w http.ResponseWriter, r *http.Request, watch bool) bool

func newFakeAPI(t *testing.T) *fakeAPI {
	t.Helper()
	f := &fakeAPI{t: t, rv: 100, pods: map[string]*corev1.Pod{}, changed: make(chan struct{})}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() { f.CloseClientConnections(); f.Close() })
	return f
}

func (f *fakeAPI) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/readyz":
	case "/version":
		answer(w, map[string]string{"gitVersion": "v1.35.4"})
	case "/api":
		answer(w, discovery("v1", "pods", "Pod"))
	case "/apis":
		answer(w, &apidiscoveryv2.APIGroupDiscoveryList{TypeMeta: discoveryMeta})
	case "/api/v1/pods":
		f.servePods(w, r)
	default:
		http.NotFound(w, r)
	}
}

var discoveryMeta = metav1.TypeMeta{Kind: "APIGroupDiscoveryList", APIVersion: "apidiscovery.k8s.io/v2"}

func discovery(version, plural, kind string) any {
	return &apidiscoveryv2.APIGroupDiscoveryList{TypeMeta: discoveryMeta, Items: []apidiscoveryv2.APIGroupDiscovery{{
		Versions: []apidiscoveryv2.APIVersionDiscovery{{Version: version, Resources: []apidiscoveryv2.APIResourceDiscovery{{
			Resource: plural, ResponseKind: &metav1.GroupVersionKind{Version: version, Kind: kind},
			Scope: apidiscoveryv2.ScopeNamespace, Verbs: []string{"list", "watch", "get"},
		}}}},
	}}}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fakeAPI) servePods(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	watch := q.Get("watch") != ""
	f.mu.Lock()
	if watch {
		f.watches++
	} else {
		f.lists++
	}
	fault := f.fault
	f.mu.Unlock()
	switch {
	case fault != nil && fault(w, r, watch):
	case q.Get("sendInitialEvents") != "": // an API server without WatchList
		refuse(w, http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, "sendInitialEvents is forbidden")
	case watch:
		from, _ := strconv.Atoi(q.Get("resourceVersion"))
		f.watch(w, r, from)
	default:
		f.list(w, q.Get("continue"))
	}
}

func refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(&metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure",
		Code: int32(code), Reason: reason, Message: message, //nolint:gosec // a status
	})
}

// list answers in two pages, so that paging is used.
func (f *fakeAPI) list(w http.ResponseWriter, cont string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}}
	all.ResourceVersion = strconv.Itoa(f.rv)
	uids := make([]string, 0, len(f.pods))
	for uid := range f.pods {
		uids = append(uids, uid)
	}
	sort.Strings(uids)
	from, to := 0, len(uids)/2
	switch {
	case cont != "":
		version, last, _ := strings.Cut(cont, "/")
		if version != strconv.Itoa(f.rv) { // no snapshots here: the rest is as it is now
			all.ResourceVersion = version
		}
		// By name, not by number: what was removed meanwhile must not shift others out of both pages.
		from, to = sort.SearchStrings(uids, last+"\x00"), len(uids)
	case to > 0:
		all.Continue = fmt.Sprintf("%d/%s", f.rv, uids[to-1])
	default:
		to = len(uids)
	}
	for _, uid := range uids[from:to] {
		all.Items = append(all.Items, *f.pods[uid])
	}
	answer(w, &all)
}

func (f *fakeAPI) watch(w http.ResponseWriter, r *http.Request, from int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	encoder := json.NewEncoder(w)
	for {
		f.mu.Lock()
		if from < f.oldest {
			f.mu.Unlock()
			_ = encoder.Encode(event{Type: "ERROR", Raw: json.RawMessage(`{"kind":"Status","apiVersion":"v1","status":"Failure","code":410,"reason":"Expired","message":"too old resource version"}`)})
			return
		}
		var due []event
		for _, e := range f.history {
			if e.rv > from {
				due = append(due, e)
				from = e.rv
			}
		}
		changed, fault := f.changed, f.fault
		f.mu.Unlock()
		for _, e := range due {
			_ = encoder.Encode(e)
		}
		w.(http.Flusher).Flush()
		if fault != nil && fault(w, r, true) {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}

// put creates or changes a pod and gives the version of the event.
func (f *fakeAPI) put(p *corev1.Pod) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := "ADDED"
	if f.pods[string(p.UID)] != nil {
		kind = "MODIFIED"
	}
	p = p.DeepCopy()
	f.pods[string(p.UID)] = p
	f.emit(kind, p)
}

func (f *fakeAPI) remove(uid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.pods[uid]; p != nil {
		delete(f.pods, uid)
		f.emit("DELETED", p.DeepCopy())
	}
}

func (f *fakeAPI) emit(kind string, p *corev1.Pod) {
	f.rv++
	p.ResourceVersion = strconv.Itoa(f.rv)
	p.TypeMeta = metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
	raw, err := json.Marshal(p)
	if err != nil {
		f.t.Error(err)
	}
	f.history = append(f.history, event{rv: f.rv, Type: kind, Raw: raw})
	f.wake()
}

func (f *fakeAPI) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// repeat sends the latest event of an object again, as a server that lost count might.
func (f *fakeAPI) repeat(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := max(0, len(f.history)-n); i < len(f.history); i++ {
		e := f.history[i]
		if e.Type != "DELETED" {
			f.rv++
			e.rv = f.rv
			f.history = append(f.history[:len(f.history):len(f.history)], e)
			break
		}
	}
	f.wake()
}

// expire makes every version known so far too old, and cuts all watches.
func (f *fakeAPI) expire() {
	f.mu.Lock()
	f.rv++
	f.oldest = f.rv
	f.history = nil
	f.wake()
	f.mu.Unlock()
}

func (f *fakeAPI) set(x fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = x
	f.wake()
}

func (f *fakeAPI) counts() (lists, watches int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lists, f.watches
}

// fleet runs a Fleet over this server until the test ends.
func (f *fakeAPI) fleet(t *testing.T) *fleet.Fleet {
	t.Helper()
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(&rest.Config{Host: f.URL})); err != nil {
		t.Fatal(err)
	}
	fl := fleet.New(fleet.Deps{Clusters: registry, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- fl.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return fl
}
