package podstop

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// runtime remembers what was done to it.
type runtime struct {
	mu    sync.Mutex
	did   []string
	fails string
}

func (r *runtime) do(what string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.did = append(r.did, what)
	if what == r.fails {
		return errors.New("no")
	}
	return nil
}

func (r *runtime) ListContainers(context.Context, *cri.ContainerFilter) ([]*cri.Container, error) {
	return []*cri.Container{{Id: "c1"}, {Id: "c2"}}, r.do("list containers")
}

func (r *runtime) StopContainer(_ context.Context, id string, timeout int64) error {
	if timeout != 3 {
		return errors.New("grace was not handed on")
	}
	return r.do("stop " + id)
}

func (r *runtime) ListPodSandbox(context.Context, *cri.PodSandboxFilter) ([]*cri.PodSandbox, error) {
	return []*cri.PodSandbox{{Id: "p1"}, {Id: "p2"}}, r.do("list pods")
}

func (r *runtime) StopPodSandbox(_ context.Context, id string) error   { return r.do("stop " + id) }
func (r *runtime) RemovePodSandbox(_ context.Context, id string) error { return r.do("remove " + id) }

func TestAll(t *testing.T) {
	all := []string{"list containers", "list pods", "remove p1", "remove p2", "stop c1", "stop c2", "stop p1", "stop p2"}
	for name, tc := range map[string]struct {
		fails string
		want  []string
		say   string
	}{
		"good":                 {"", all, ""},
		"a container refuses":  {"stop c1", all, "stop container"},
		"a pod refuses":        {"stop p1", slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "remove p1" }), "remove pod"},
		"containers not shown": {"list containers", []string{"list containers"}, "list containers"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &runtime{fails: tc.fails}
			err := All(t.Context(), r, 3e9)
			if (err == nil) != (tc.say == "") || err != nil && !strings.Contains(err.Error(), tc.say) {
				t.Errorf("error is %v", err)
			}
			slices.Sort(r.did)
			if !slices.Equal(r.did, tc.want) {
				t.Errorf("did %v, want %v", r.did, tc.want)
			}
		})
	}
}
