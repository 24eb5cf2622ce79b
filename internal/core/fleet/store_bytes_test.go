package fleet

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/kube"
)

// TestStoreCountsItsBytes: the figure that an operator sees is that of the objects that are
// there, whatever came and went, packed or not.
func TestStoreCountsItsBytes(t *testing.T) {
	kind := kube.Kind{Resource: "pods", Plural: "pods", Kind: "Pod", Version: "v1", Namespaced: true}
	sp := specFor(kind, nil)
	s := newStore(kind, sp)
	x := &extractor{store: s, spec: sp}
	r := rand.New(rand.NewPCG(3, 3)) //nolint:gosec // a test
	for version := range 3 * trainAfter {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
			Name: "p" + strconv.Itoa(r.IntN(100)), Namespace: "n", ResourceVersion: strconv.Itoa(version + 1),
			Annotations: map[string]string{"a": strings.Repeat("x", r.IntN(2000))},
		}}
		pod.UID = types.UID(pod.Name + strconv.Itoa(version/200))
		rec, err := x.record(pod)
		if err != nil {
			t.Fatal(err)
		}
		s.apply([]op{{record: rec, remove: r.IntN(3) == 0}})
	}
	if want := bytesOf(s); s.bytes != want || want == 0 {
		t.Errorf("counted %d bytes, there are %d", s.bytes, want)
	}
	s.begin()
	s.finish() // an empty list removes all
	if s.count != 0 || s.bytes != 0 {
		t.Errorf("%d objects, %d bytes in an empty store", s.count, s.bytes)
	}
}

func bytesOf(s *store) int64 {
	var sum int64
	for i := range s.rows {
		sum += int64(len(s.rows[i].blob.data))
	}
	return sum
}
