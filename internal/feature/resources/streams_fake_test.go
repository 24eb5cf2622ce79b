package resources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// patience is how long a test waits for an event; a test that needs it has failed.
const patience = 20 * time.Second

// fakeCluster is an API server over real HTTP that knows pods, one deployment and the
// kubelet's streams.
type fakeCluster struct {
	t      *testing.T
	server *httptest.Server

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	pods     map[string]*fakePod
	cutting  int  // connections opened before this generation break off
	down     bool // refuses everything with 503
	refusing bool // refuses everything with 403, as an API server that has not read its rules yet
	byUser   map[string]int
	exec     http.HandlerFunc // GET, POST …/exec
	forward  http.HandlerFunc // GET, POST …/portforward
	workload map[string]any   // deployments.apps web
}

type fakePod struct {
	pod        corev1.Pod
	containers map[string]*fakeLog
}

// fakeLog is the log of a container: one list of lines per run.
type fakeLog struct {
	runs []*fakeRun
}

type fakeRun struct {
	lines []string
	over  bool
	exit  int32
}

func newFakeCluster(t *testing.T) *fakeCluster {
	t.Helper()
	f := &fakeCluster{t: t, changed: make(chan struct{}), pods: map[string]*fakePod{}, byUser: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/namespaces/{ns}/pods", f.servePods)
	mux.HandleFunc("GET /api/v1/namespaces/{ns}/pods/{name}", f.servePod)
	mux.HandleFunc("GET /api/v1/namespaces/{ns}/pods/{name}/log", f.serveLog)
	mux.HandleFunc("/api/v1/namespaces/{ns}/pods/{name}/exec", func(w http.ResponseWriter, r *http.Request) { f.exec(w, r) })
	mux.HandleFunc("/api/v1/namespaces/{ns}/pods/{name}/portforward", func(w http.ResponseWriter, r *http.Request) { f.forward(w, r) })
	mux.HandleFunc("GET /apis/apps/v1/namespaces/{ns}/deployments/{name}", f.serveWorkload)
	mux.HandleFunc("GET /api/v1/namespaces/{ns}/services/{name}", f.serveWorkload)
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.byUser[r.Header.Get("Impersonate-User")]++
		down, refusing := f.down, f.refusing
		f.mu.Unlock()
		if refusing {
			writeStatus(w, apierrors.NewForbidden(schema.GroupResource{Resource: "users"}, "kubemate:ann", errors.New("cannot impersonate")))
			return
		}
		if down {
			writeStatus(w, apierrors.NewServiceUnavailable("starting"))
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.server.Close)
	return f
}

// change alters the cluster and wakes everybody.
func (f *fakeCluster) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
	close(f.changed)
	f.changed = make(chan struct{})
}

// addPod makes a running pod whose containers have one run each.
func (f *fakeCluster) addPod(name string, containers ...string) {
	f.change(func() {
		p := &fakePod{containers: map[string]*fakeLog{}}
		p.pod = corev1.Pod{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: metav1.ObjectMeta{Namespace: "bank", Name: name, UID: types.UID(fmt.Sprintf("%s-%d", name, len(f.pods))), Labels: map[string]string{"app": "web"}},
			Status: corev1.PodStatus{
				Phase:      corev1.PodRunning,
				Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			},
		}
		for _, c := range containers {
			p.pod.Spec.Containers = append(p.pod.Spec.Containers, corev1.Container{Name: c})
			p.containers[c] = &fakeLog{runs: []*fakeRun{{}}}
		}
		f.pods[name] = p
	})
}

// log adds lines to the present run of a container.
func (f *fakeCluster) log(pod, container string, lines ...string) {
	f.change(func() {
		l := f.pods[pod].containers[container]
		run := l.runs[len(l.runs)-1]
		run.lines = append(run.lines, lines...)
	})
}

// stamped makes a line of the kubelet, s seconds and ns nanoseconds after a fixed time.
func stamped(s, ns int, message string) string {
	return time.Date(2026, 1, 2, 3, 4, s, ns, time.UTC).Format("2006-01-02T15:04:05.000000000Z07:00") + " " + message
}

func (p *fakePod) view() *corev1.Pod {
	pod := p.pod.DeepCopy()
	pod.Status.ContainerStatuses = nil
	for _, c := range pod.Spec.Containers {
		l := p.containers[c.Name]
		status := corev1.ContainerStatus{Name: c.Name}
		if len(l.runs) == 0 {
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
		} else {
			run := l.runs[len(l.runs)-1]
			status.RestartCount = int32(len(l.runs) - 1)
			if run.over {
				status.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: run.exit}
			} else {
				status.State.Running = &corev1.ContainerStateRunning{}
			}
		}
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, status)
	}
	return pod
}

func (f *fakeCluster) servePod(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.pods[r.PathValue("name")]
	if p == nil {
		writeStatus(w, apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, r.PathValue("name")))
		return
	}
	writeJSON(w, p.view())
}

func (f *fakeCluster) servePods(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("watch") == "true" {
		f.watchPods(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
	for _, p := range f.pods {
		list.Items = append(list.Items, *p.view())
	}
	writeJSON(w, list)
}

// watchPods sends every pod as ADDED once, and again what comes later.
func (f *fakeCluster) watchPods(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("sendInitialEvents") != "" {
		writeStatus(w, apierrors.NewBadRequest("no watch list"))
		return
	}
	sent := map[types.UID]bool{}
	for {
		f.mu.Lock()
		changed := f.changed
		var fresh []*corev1.Pod
		for _, p := range f.pods {
			if !sent[p.pod.UID] {
				sent[p.pod.UID] = true
				fresh = append(fresh, p.view())
			}
		}
		f.mu.Unlock()
		for _, pod := range fresh {
			raw, _ := json.Marshal(pod)
			_, _ = fmt.Fprintf(w, `{"type":"ADDED","object":%s}`+"\n", raw)
		}
		w.(http.Flusher).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// serveLog speaks as the kubelet does: since, tail, previous, follow.
func (f *fakeCluster) serveLog(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f.mu.Lock()
	generation := f.cutting
	p := f.pods[r.PathValue("name")]
	if p == nil {
		f.mu.Unlock()
		writeStatus(w, apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, r.PathValue("name")))
		return
	}
	runs := p.containers[q.Get("container")].runs
	f.mu.Unlock()
	index := len(runs) - 1
	if q.Get("previous") == "true" {
		index--
	}
	if index < 0 {
		writeStatus(w, apierrors.NewBadRequest("container is waiting to start: ContainerCreating"))
		return
	}
	run, sent := runs[index], 0
	var since time.Time
	if text := q.Get("sinceTime"); text != "" {
		since, _ = time.Parse(time.RFC3339, text)
	}
	if text := q.Get("tailLines"); text != "" {
		var tail int
		_, _ = fmt.Sscan(text, &tail)
		f.mu.Lock()
		sent = max(0, len(run.lines)-tail)
		f.mu.Unlock()
	}
	w.(http.Flusher).Flush()
	for {
		f.mu.Lock()
		lines, changed, over, cut := run.lines[min(sent, len(run.lines)):], f.changed, run.over, f.cutting > generation
		sent += len(lines)
		f.mu.Unlock()
		for _, line := range lines {
			if at, err := time.Parse(time.RFC3339Nano, strings.SplitN(line, " ", 2)[0]); err == nil && at.Before(since) {
				continue
			}
			io.WriteString(w, line+"\n")
		}
		w.(http.Flusher).Flush()
		if cut {
			io.WriteString(w, "2026-01-02T03:04:0") // half a line
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		if over || q.Get("follow") != "true" {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fakeCluster) serveWorkload(w http.ResponseWriter, r *http.Request) {
	if f.workload == nil {
		writeStatus(w, apierrors.NewNotFound(schema.GroupResource{Resource: "deployments"}, r.PathValue("name")))
		return
	}
	writeJSON(w, f.workload)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func writeStatus(w http.ResponseWriter, err *apierrors.StatusError) {
	s := err.ErrStatus
	s.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(int(s.Code))
	_ = json.NewEncoder(w).Encode(s)
}

// As gives real clients of the fake server, impersonating.
func (f *fakeCluster) As(id authz.Identity) (*kube.Clients, error) {
	config := &rest.Config{Host: f.server.URL, QPS: -1, Impersonate: rest.ImpersonationConfig{UserName: id.KubernetesUser()}}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return hasty{next} })
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	dyn, err := dynamic.NewForConfig(config)
	return &kube.Clients{Config: config, Typed: typed, Dynamic: dyn}, err
}

func (f *fakeCluster) Name() string                               { return "local" }
func (f *fakeCluster) System() *kube.Clients                      { panic("streams act for their user only") }
func (f *fakeCluster) Kinds(context.Context) ([]kube.Kind, error) { return nil, nil }
func (f *fakeCluster) Health() kube.Health                        { return kube.Health{Connected: true} }
func (f *fakeCluster) Clusters() []kube.Cluster                   { return nil }
func (f *fakeCluster) Cluster(name string) (kube.Cluster, error) {
	if name != "local" {
		return nil, errs.New(errs.NotFound, "no cluster %s", name)
	}
	return f, nil
}

func (f *fakeCluster) Kind(_ context.Context, resource string) (kube.Kind, error) {
	switch resource {
	case "pods":
		return kube.Kind{Resource: "pods", Version: "v1", Plural: "pods", Kind: "Pod", Namespaced: true}, nil
	case "services":
		return kube.Kind{Resource: "services", Version: "v1", Plural: "services", Kind: "Service", Namespaced: true}, nil
	case "deployments.apps":
		return kube.Kind{Resource: resource, Group: "apps", Version: "v1", Plural: "deployments", Kind: "Deployment", Namespaced: true}, nil
	case "nodes":
		return kube.Kind{Resource: resource, Version: "v1", Plural: "nodes", Kind: "Node"}, nil
	default:
		return kube.Kind{}, errs.New(errs.NotFound, "no kind %s", resource)
	}
}

// fakeConsole serves the streams of a fake cluster to a signed-in user.
type fakeConsole struct {
	*fakeCluster
	web     *httptest.Server
	end     chan struct{} // closed: the session ended
	stop    context.CancelFunc
	streams *streams
}

func newFakeConsole(t *testing.T) *fakeConsole {
	t.Helper()
	c := &fakeConsole{fakeCluster: newFakeCluster(t), end: make(chan struct{})}
	s := newStreams(c.fakeCluster, func(string) <-chan struct{} { return c.end }, slog.New(slog.DiscardHandler), clock.RealClock{})
	base := "/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/"
	mux := http.NewServeMux()
	for pattern, handler := range map[string]httpapi.RawHandler{
		"GET " + base + "logs": s.serveLogs, "GET " + base + "exec": s.serveExec,
		"GET " + base + "portforward": s.servePortForward,
		"GET " + base + "files":       s.serveFilesOut, "PUT " + base + "files": s.serveFilesIn,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			session := httpapi.Session{ID: "s1", Identity: authz.Identity{User: "ann"}}
			r = r.WithContext(httpapi.WithRequest(r.Context(), &httpapi.Request{Session: session}))
			if err := handler(w, r); err != nil {
				w.Header().Set("X-Kind", string(errs.KindOf(err)))
				w.WriteHeader(http.StatusTeapot)
				io.WriteString(w, err.Error())
			}
		})
	}
	life, stop := context.WithCancel(context.Background())
	c.stop, c.streams = stop, s
	c.web = httptest.NewUnstartedServer(mux)
	c.web.Config.BaseContext = func(net.Listener) context.Context { return life }
	c.web.Start()
	t.Cleanup(func() { stop(); c.web.Close() })
	return c
}

func (c *fakeConsole) url(resource, name, rest string) string {
	return c.web.URL + "/clusters/local/resources/" + resource + "/objects/bank/" + name + "/" + rest
}

// stampedTime is the minute in which stamped lines lie.
var stampedTime = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
