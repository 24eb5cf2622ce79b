package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/fleet"
)

// randomPod is pod n of 40 in one of three namespaces, under a uid.
func randomPod(r *rand.Rand, n int, uid string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		UID: types.UID(uid), Name: nameOf(n), Namespace: fmt.Sprintf("ns-%d", n%3),
		Labels: map[string]string{"app": []string{"teller", "ledger", "risk"}[r.IntN(3)]},
	}}
	p.Spec.NodeName = fmt.Sprintf("node-%d", r.IntN(4))
	p.Spec.Containers = []corev1.Container{{Name: "main", Image: "a"}}
	p.Status.Phase = []corev1.PodPhase{"Pending", "Running", "Succeeded", "Failed"}[r.IntN(4)]
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", RestartCount: int32(r.IntN(5)), Ready: r.IntN(2) == 0}}
	return p
}

func nameOf(n int) string { return fmt.Sprintf("pod-%0*d", 1+n%3, n) }

// uidOf gives the uid of pod n that lives, or a new one: names come back, uids never do.
func (f *fakeAPI) uidOf(n int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for uid, p := range f.pods {
		if p.Name == nameOf(n) {
			return uid
		}
	}
	return fmt.Sprintf("uid-%d-%d", n, f.rv)
}

// step makes one random change, fault or repetition.
func (f *fakeAPI) step(r *rand.Rand) {
	pod := r.IntN(40)
	switch n := r.IntN(100); {
	case n < 70:
		f.put(randomPod(r, pod, f.uidOf(pod)))
	case n < 90:
		f.remove(f.uidOf(pod))
	case n < 97:
		f.repeat(1 + r.IntN(5))
	default:
		f.expire()
	}
}

// TestModel makes random changes, and demands that at rest every followed view equals a
// fresh page, and that the page equals what the API server holds.
func TestModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
	api := newFakeAPI(t)
	f := api.fleet(t)
	scopes := scopesOf(r)
	queries := []fleet.Query{
		{Resource: "pods"},
		{Resource: "pods", Sort: "restarts", Desc: true, Limit: 7},
		{Resource: "pods", Sort: "status", Offset: 5, Limit: 10},
		{Resource: "pods", Labels: "app in (teller,risk)", Columns: []string{"name", "node", "labels"}},
		{Resource: "pods", Text: "runn", Sort: "node"},
		{Resource: "pods", Filters: []fleet.Filter{{Column: "status", Op: "=", Values: []string{"Running", "Failed"}}, {Column: "restarts", Op: ">", Values: []string{"1"}}}},
		{Resource: "pods", Namespaces: []string{"ns-1"}, Sort: "age"},
	}
	var clients []*client
	for _, s := range scopes {
		for _, q := range queries {
			if c := tryFollow(t, f, s, q); c != nil {
				clients = append(clients, c)
			}
		}
	}
	for round := range 6 {
		for range 60 {
			api.step(r)
		}
		api.atRest(t, f, round)
		for i, c := range clients {
			c.compare(t, f, i)
		}
	}
}

// atRest waits until the unscoped view is what the server holds, and says what differs if it never is.
func (f *fakeAPI) atRest(t *testing.T, fl *fleet.Fleet, round int) {
	t.Helper()
	var err error
	defer func() {
		if t.Failed() {
			t.Logf("at last: %v; %+v", err, fl.Stats())
		}
	}()
	until(t, fmt.Sprintf("round %d at rest", round), func() bool { err = f.equals(t, fl); return err == nil })
}

// compare waits until the client has what a fresh page shows.
func (c *client) compare(t *testing.T, f *fleet.Fleet, i int) {
	t.Helper()
	var err error
	defer func() {
		if t.Failed() {
			t.Logf("client %d: %v", i, err)
		}
	}()
	until(t, "the view of a client", func() bool {
		c.take()
		fresh, listErr := f.List(t.Context(), c.scope, c.query)
		if listErr != nil {
			t.Fatal(listErr)
		}
		err = same(c.page, *fresh)
		return err == nil
	})
}

// equals compares the unscoped view with what the server holds.
func (f *fakeAPI) equals(t *testing.T, fl *fleet.Fleet) error {
	t.Helper()
	p, err := fl.List(t.Context(), allScope(), fleet.Query{Cluster: "local", Resource: "pods", Limit: 500, Columns: []string{"node", "phase", "restarts"}})
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.Total != len(f.pods) || len(p.Rows) != len(f.pods) {
		return fmt.Errorf("%d rows of %d, server has %d", len(p.Rows), p.Total, len(f.pods))
	}
	for _, row := range p.Rows {
		want := f.pods[row.UID]
		if want == nil {
			return fmt.Errorf("%s is not on the server", row.UID)
		}
		cells := fmt.Sprint(row.Cells...)
		if wanted := fmt.Sprint(want.Spec.NodeName, string(want.Status.Phase), float64(want.Status.ContainerStatuses[0].RestartCount)); cells != wanted {
			return fmt.Errorf("%s is %s, server has %s", row.UID, cells, wanted)
		}
	}
	return nil
}
