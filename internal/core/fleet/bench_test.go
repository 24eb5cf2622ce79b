package fleet

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

const benchPods = 50_000

// realisticPod resembles what a cluster with controllers, probes, volumes and a mesh of
// labels and conditions holds: about 4 kB of protobuf without managedFields.
func realisticPod(r *rand.Rand, n int) *corev1.Pod {
	app := fmt.Sprintf("app-%d", n/10%2500)
	namespace := fmt.Sprintf("team-%d", n/10%500)
	yes := true
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: fmt.Sprintf("%s-%x-%05x", app, n/10, n), Namespace: namespace,
		UID:             types.UID(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), n)),
		ResourceVersion: strconv.Itoa(n + 1), CreationTimestamp: metav1.Unix(1_700_000_000+int64(r.IntN(1e7)), 0),
		Labels: map[string]string{
			"app.kubernetes.io/name": app, "app.kubernetes.io/instance": app + "-prod", "app.kubernetes.io/version": "1.2.3",
			"team": namespace, "pod-template-hash": fmt.Sprintf("%x", n/10), "tier": []string{"front", "back", "data"}[n%3],
		},
		Annotations: map[string]string{
			"prometheus.io/scrape": "true", "prometheus.io/port": "8080", "checksum/config": fmt.Sprintf("%064x", r.Uint64()),
			"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z",
		},
		OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: fmt.Sprintf("%s-%x", app, n/10), UID: types.UID(fmt.Sprintf("rs-%d", n/10)), Controller: &yes}},
	}}
	p.Spec = benchSpec(r, app, n)
	p.Status = benchStatus(r, n)
	return p
}

func benchSpec(r *rand.Rand, app string, n int) corev1.PodSpec {
	spec := corev1.PodSpec{
		NodeName: fmt.Sprintf("node-%04d", r.IntN(1000)), ServiceAccountName: app, RestartPolicy: corev1.RestartPolicyAlways,
		DNSPolicy: corev1.DNSClusterFirst, SchedulerName: "default-scheduler",
		Tolerations: []corev1.Toleration{{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: "NoExecute"}, {Key: "node.kubernetes.io/unreachable", Operator: "Exists", Effect: "NoExecute"}},
		Volumes:     []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: app}}}}, {Name: fmt.Sprintf("kube-api-access-%05x", n)}},
	}
	for _, name := range []string{"main", "proxy"} {
		c := corev1.Container{
			Name: name, Image: fmt.Sprintf("registry.example.com/%s/%s:v1.%d.%d", app, name, n%7, n%13), Args: []string{"--listen=:8080", "--log=json"},
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
			Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("128Mi")},
				Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("256Mi")},
			},
			VolumeMounts:           []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app"}, {Name: fmt.Sprintf("kube-api-access-%05x", n), MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
			LivenessProbe:          &corev1.Probe{PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz"}}},
			ReadinessProbe:         &corev1.Probe{PeriodSeconds: 5, TimeoutSeconds: 1, FailureThreshold: 3, ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready"}}},
			TerminationMessagePath: "/dev/termination-log", ImagePullPolicy: corev1.PullIfNotPresent,
		}
		for i := range 8 {
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", i), Value: fmt.Sprintf("value-%d-of-%s", i, app)})
		}
		spec.Containers = append(spec.Containers, c)
	}
	return spec
}

func benchStatus(r *rand.Rand, n int) corev1.PodStatus {
	s := corev1.PodStatus{Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255), HostIP: "192.168.1.1", QOSClass: corev1.PodQOSBurstable}
	for _, c := range []corev1.PodConditionType{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		s.Conditions = append(s.Conditions, corev1.PodCondition{Type: c, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Unix(1_700_000_000+int64(r.IntN(1e7)), 0)})
	}
	for _, name := range []string{"main", "proxy"} {
		status := corev1.ContainerStatus{
			Name: name, Ready: true, RestartCount: int32(r.IntN(3)), Image: "registry.example.com/" + name,
			ContainerID: fmt.Sprintf("containerd://%064x", r.Uint64()), ImageID: fmt.Sprintf("sha256:%064x", n%200),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(1_700_000_000, 0)}},
		}
		if r.IntN(50) == 0 {
			status.Ready, status.State = false, corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
		}
		s.ContainerStatuses = append(s.ContainerStatuses, status)
	}
	return s
}

// loaded is a member with 50,000 pods and no cluster behind it.
func loaded(tb testing.TB) (*Fleet, *member, *extractor) {
	tb.Helper()
	kind := kube.Kind{Resource: "pods", Version: "v1", Plural: "pods", Kind: "Pod", Namespaced: true, Verbs: []string{"list", "watch"}}
	m := &member{kind: kind, spec: specFor(kind, nil)}
	m.store = newStore(kind, m.spec)
	m.phase = newPhase(clock.RealClock{}, silent{}, &m.store.listeners)
	m.phase.live()
	x := &extractor{store: m.store, spec: m.spec}
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a benchmark
	ops := make([]op, 0, batchSize)
	for n := range benchPods {
		rec, err := x.record(realisticPod(r, n))
		if err != nil {
			tb.Fatal(err)
		}
		if ops = append(ops, op{record: rec}); len(ops) == batchSize || n == benchPods-1 {
			m.store.apply(ops)
			ops = ops[:0]
		}
	}
	return New(Deps{}), m, x
}

// silent is a cluster of which only the health is asked.
type silent struct{ kube.Cluster }

func (silent) Health() kube.Health { return kube.Health{Connected: true} }

func (m *member) plan(tb testing.TB, v authz.Visible, q Query) *plan {
	tb.Helper()
	p := &plan{query: q, member: m, visible: v, scope: scopeKey(v), usage: &usage{}}
	usable := make([]bool, len(m.store.fields))
	for i := range usable {
		usable[i] = true
	}
	if err := p.check(usable); err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkPage(b *testing.B) {
	f, m, x := loaded(b)
	fifty := authz.Visible{Namespaces: map[string]struct{}{}}
	for n := range 50 {
		fifty.Namespaces[fmt.Sprintf("team-%d", n*10)] = struct{}{}
	}
	all := authz.Visible{All: true}
	cases := []struct {
		name string
		v    authz.Visible
		q    Query
	}{
		{"first", all, Query{}},
		{"deep", all, Query{Offset: 40_000}},
		{"sorted", all, Query{Sort: "restarts", Desc: true}},
		{"filtered and sorted", all, Query{Sort: "node", Filters: []Filter{{Column: "status", Op: "=", Values: []string{"CrashLoopBackOff"}}}}},
		{"text", all, Query{Text: "app-77"}},
		{"labels", all, Query{Labels: "tier=front,team in (team-1,team-2)"}},
		{"50 of 500 namespaces", fifty, Query{Sort: "age"}},
	}
	r := rand.New(rand.NewPCG(2, 2)) //nolint:gosec // a benchmark
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			p := m.plan(b, c.v, c.q)
			f.encoded(p) // builds the index
			took := make([]time.Duration, 0, 1024)
			for b.Loop() {
				b.StopTimer()
				touch(b, m, x, r) // so that no cached page answers
				b.StartTimer()
				began := time.Now()
				f.encoded(p)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
	b.Run("unchanged", func(b *testing.B) {
		p := m.plan(b, all, Query{})
		for b.Loop() {
			f.encoded(p)
		}
	})
}

// touch changes one pod.
func touch(tb testing.TB, m *member, x *extractor, r *rand.Rand) {
	tb.Helper()
	n := r.IntN(benchPods)
	p := realisticPod(rand.New(rand.NewPCG(1, uint64(n))), n) //nolint:gosec // a benchmark
	slot := int32(n)                                          //nolint:gosec // a slot
	p.UID = types.UID(m.store.rows[slot].uid)
	p.ResourceVersion = strconv.FormatUint(m.store.seq+benchPods+1, 10)
	rec, err := x.record(p)
	if err != nil {
		tb.Fatal(err)
	}
	m.store.apply([]op{{record: rec}})
}

func BenchmarkApply(b *testing.B) {
	f, m, x := loaded(b)
	r := rand.New(rand.NewPCG(3, 3)) //nolint:gosec // a benchmark
	for _, o := range []string{"restarts", "node", "age"} {
		f.encoded(m.plan(b, authz.Visible{All: true}, Query{Sort: o}))
	}
	pods := make([]*corev1.Pod, 1024)
	b.Run("changes", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if i%len(pods) == 0 {
				b.StopTimer()
				for j := range pods {
					n := r.IntN(benchPods)
					pods[j] = realisticPod(r, n)
					pods[j].UID = types.UID(m.store.rows[n].uid)
				}
				b.StartTimer()
			}
			p := pods[i%len(pods)]
			i++
			p.ResourceVersion = strconv.FormatUint(m.store.seq+benchPods+1, 10)
			rec, err := x.record(p)
			if err != nil {
				b.Fatal(err)
			}
			m.store.apply([]op{{record: rec}})
		}
	})
}

// BenchmarkMemory tells the heap of 50,000 pods, everything included.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		_, m, x := loaded(b)
		used := heap() - before
		b.ReportMetric(float64(used)/benchPods, "B/pod")
		b.ReportMetric(float64(used)/(1<<20), "MiB")
		stored := 0
		for i := range m.store.rows {
			stored += cap(m.store.rows[i].blob.data)
		}
		b.ReportMetric(float64(stored)/benchPods, "blob-B/pod")
		runtime.KeepAlive(x)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
