package addons

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
)

// Status is how an addon is.
type Status struct {
	Name string `json:"name"`
	// Installed is false where it was never applied, or was removed.
	Installed bool `json:"installed"`
	// Running counts the pods of its workloads that are ready, Total those that should be.
	Running int64 `json:"running"`
	Total   int64 `json:"total"`
	// Ready means that it is installed, all pods run, and its API answers if it has one.
	Ready bool `json:"ready"`
	// Message says what is missing; empty when ready.
	Message string `json:"message,omitempty"`
}

// Status returns how each of the manager's addons is.
func (m *Manager) Status(ctx context.Context) ([]Status, error) {
	var all []Status
	for _, name := range m.options.Addons {
		s, err := m.status(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (m *Manager) status(ctx context.Context, name string) (Status, error) {
	s := Status{Name: name}
	inv, err := readInventory(ctx, m.client, name)
	if err != nil {
		return s, err
	}
	if s.Installed = len(inv.Objects) > 0; !s.Installed {
		s.Message = "not installed"
		return s, nil
	}
	var missing []string
	if inv.Digest == "" {
		missing = append(missing, "its installation has not finished")
	}
	for _, i := range inv.Objects {
		problem, err := m.look(ctx, i, &s)
		if err != nil {
			return s, fmt.Errorf("addon %s: look at %s: %w", name, i, err)
		}
		if problem != "" {
			missing = append(missing, problem)
		}
	}
	s.Message = strings.Join(missing, "; ")
	s.Ready = s.Message == ""
	return s, nil
}

// look adds an object's pods to s and says what is wrong with it.
func (m *Manager) look(ctx context.Context, i id, s *Status) (problem string, err error) {
	if !kinds[i.Kind].workload && i.Kind != "APIService" {
		return "", nil
	}
	c, err := client(m.client, i.gvk(), i.Namespace)
	if err != nil {
		return "", err
	}
	o, err := c.Get(ctx, i.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return i.String() + " is missing", nil
	}
	if err != nil {
		return "", err
	}
	if i.Kind == "APIService" {
		return apiServiceProblem(o), nil
	}
	ready, total := podCounts(o)
	s.Running, s.Total = s.Running+min(ready, total), s.Total+total
	if ready >= total && upToDate(o) {
		return "", nil
	}
	problem = fmt.Sprintf("%s: %d of %d pods ready", i, ready, total)
	if reason := m.podProblem(ctx, o); reason != "" {
		problem += " (" + reason + ")"
	}
	return problem, nil
}

// podCounts returns how many pods are ready and how many should be.
func podCounts(o *unstructured.Unstructured) (ready, total int64) {
	if o.GetKind() == "DaemonSet" {
		ready, _, _ = unstructured.NestedInt64(o.Object, "status", "numberReady")
		total, _, _ = unstructured.NestedInt64(o.Object, "status", "desiredNumberScheduled")
		return ready, total
	}
	ready, _, _ = unstructured.NestedInt64(o.Object, "status", "readyReplicas")
	total, found, _ := unstructured.NestedInt64(o.Object, "spec", "replicas")
	if !found {
		total = 1
	}
	return ready, total
}

// upToDate tells whether the status is that of the present specification.
func upToDate(o *unstructured.Unstructured) bool {
	observed, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	return observed >= o.GetGeneration()
}

func apiServiceProblem(o *unstructured.Unstructured) string {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, raw := range conditions {
		c, ok := raw.(map[string]any)
		if !ok || c["type"] != "Available" {
			continue
		}
		if c["status"] == "True" {
			return ""
		}
		return fmt.Sprintf("the API %s does not answer yet: %v", o.GetName(), c["message"])
	}
	return fmt.Sprintf("the API %s does not answer yet", o.GetName())
}

// Wait waits until every addon is ready. progress, which may be nil, gets the
// state whenever it has changed. At the end of ctx the error says what is missing.
func (m *Manager) Wait(ctx context.Context, progress func([]Status)) error {
	var last []Status
	err := wait.PollUntilContextCancel(ctx, 500*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		all, err := m.Status(ctx)
		if err != nil {
			m.options.Logger.Debug("the addons' state can't be read", "error", err)
			return false, nil
		}
		if progress != nil && !equal(last, all) {
			progress(all)
		}
		last = all
		for _, s := range all {
			if !s.Ready {
				return false, nil
			}
		}
		return true, nil
	})
	if err == nil {
		return nil
	}
	var missing []string
	for _, s := range last {
		if !s.Ready {
			missing = append(missing, s.Name+": "+s.Message)
		}
	}
	return fmt.Errorf("the addons are not ready: %s: %w", strings.Join(missing, "; "), err)
}

func equal(a, b []Status) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
