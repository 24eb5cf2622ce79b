package demo_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"kubemate.io/kubemate/demo"
	"kubemate.io/kubemate/demo/internal/config"
	"kubemate.io/kubemate/demo/internal/fault"
)

const image = "localhost:5050/kubemate/demo-bank:test"

// workload is one pod template with how many pods it makes.
type workload struct {
	name     string
	replicas int64
	pod      corev1.PodTemplateSpec
	selector *metav1.LabelSelector
}

// manifests decodes every document strictly into its type.
func manifests(t *testing.T) []metav1.Object {
	t.Helper()
	files, err := demo.Manifests(image)
	if err != nil {
		t.Fatal(err)
	}
	var objects []metav1.Object
	for name, data := range files {
		reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
		for {
			doc, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			object, err := decode(doc)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			objects = append(objects, object)
		}
	}
	return objects
}

func decode(doc []byte) (metav1.Object, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(doc, &kind); err != nil {
		return nil, err
	}
	types := map[string]metav1.Object{
		"v1/Namespace": &corev1.Namespace{}, "v1/ServiceAccount": &corev1.ServiceAccount{},
		"v1/ConfigMap": &corev1.ConfigMap{}, "v1/Service": &corev1.Service{},
		"apps/v1/Deployment": &appsv1.Deployment{}, "apps/v1/StatefulSet": &appsv1.StatefulSet{},
		"batch/v1/CronJob": &batchv1.CronJob{}, "networking.k8s.io/v1/Ingress": &networkingv1.Ingress{},
		"policy/v1/PodDisruptionBudget": &policyv1.PodDisruptionBudget{},
	}
	object, ok := types[kind.APIVersion+"/"+kind.Kind]
	if !ok {
		return nil, fmt.Errorf("unexpected kind %s/%s", kind.APIVersion, kind.Kind)
	}
	return object, yaml.UnmarshalStrict(doc, object)
}

func workloads(t *testing.T) []workload {
	t.Helper()
	var found []workload
	for _, object := range manifests(t) {
		switch o := object.(type) {
		case *appsv1.Deployment:
			found = append(found, workload{o.Name, int64(*o.Spec.Replicas), o.Spec.Template, o.Spec.Selector})
		case *appsv1.StatefulSet:
			found = append(found, workload{o.Name, int64(*o.Spec.Replicas), o.Spec.Template, o.Spec.Selector})
		case *batchv1.CronJob:
			found = append(found, workload{o.Name, 1, o.Spec.JobTemplate.Spec.Template, nil})
		}
	}
	return found
}

func TestEveryObjectIsLabelledAndInTheNamespace(t *testing.T) {
	for _, object := range manifests(t) {
		labels := object.GetLabels()
		if labels["app.kubernetes.io/part-of"] != "demo-bank" || labels["app.kubernetes.io/version"] != demo.Version {
			t.Errorf("%s: labels %v", object.GetName(), labels)
		}
		if _, is := object.(*corev1.Namespace); is {
			if object.GetName() != demo.Namespace || labels["pod-security.kubernetes.io/enforce"] != "restricted" {
				t.Errorf("namespace %s: labels %v", object.GetName(), labels)
			}
		} else if object.GetNamespace() != demo.Namespace {
			t.Errorf("%s is in namespace %q", object.GetName(), object.GetNamespace())
		}
	}
}

func TestEveryRoleIsDeployed(t *testing.T) {
	missing := map[string]bool{config.Statement: true}
	for _, role := range config.Roles() {
		missing[role] = true
	}
	for _, w := range workloads(t) {
		command := w.pod.Spec.Containers[0].Command
		c, err := config.Parse(command[1:], io.Discard)
		if err != nil || command[0] != "demo-bank" {
			t.Errorf("%s: command %q: %v", w.name, command, err)
		}
		if c.Role != w.name {
			t.Errorf("%s runs role %s", w.name, c.Role)
		}
		delete(missing, c.Role)
	}
	if len(missing) > 0 {
		t.Errorf("not deployed: %v", missing)
	}
}

func TestRequestsStaySmall(t *testing.T) {
	cpu, memory := resource.Quantity{}, resource.Quantity{}
	for _, w := range workloads(t) {
		for _, c := range w.pod.Spec.Containers {
			for range w.replicas {
				cpu.Add(*c.Resources.Requests.Cpu())
				memory.Add(*c.Resources.Requests.Memory())
			}
			if c.Resources.Limits.Memory().IsZero() || c.Resources.Limits.Cpu().IsZero() {
				t.Errorf("%s has no limits: a fault switch would reach the whole node", w.name)
			}
		}
	}
	if cpu.Cmp(resource.MustParse("300m")) > 0 || memory.Cmp(resource.MustParse("400Mi")) > 0 {
		t.Errorf("the demo asks for %s CPU and %s memory", cpu.String(), memory.String())
	}
}

func TestPodsAreRestricted(t *testing.T) {
	for _, w := range workloads(t) {
		spec := w.pod.Spec
		if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
			t.Errorf("%s mounts a token that it does not need", w.name)
		}
		if sc := spec.SecurityContext; sc == nil || !*sc.RunAsNonRoot || *sc.RunAsUser == 0 ||
			sc.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s: pod security context %+v", w.name, sc)
		}
		for _, c := range spec.Containers {
			if c.Image != image {
				t.Errorf("%s: image %q", w.name, c.Image)
			}
			sc := c.SecurityContext
			if *sc.AllowPrivilegeEscalation || !*sc.ReadOnlyRootFilesystem || fmt.Sprint(sc.Capabilities.Drop) != "[ALL]" {
				t.Errorf("%s: security context %+v", w.name, sc)
			}
		}
	}
}

func TestServicesAndBudgetsSelectPods(t *testing.T) {
	all := workloads(t)
	selects := func(selector map[string]string) bool {
		for _, w := range all {
			match := true
			for key, value := range selector {
				match = match && w.pod.Labels[key] == value
			}
			if match {
				return true
			}
		}
		return false
	}
	for _, object := range manifests(t) {
		switch o := object.(type) {
		case *corev1.Service:
			if !selects(o.Spec.Selector) {
				t.Errorf("service %s selects nothing", o.Name)
			}
		case *policyv1.PodDisruptionBudget:
			if !selects(o.Spec.Selector.MatchLabels) {
				t.Errorf("budget %s selects nothing", o.Name)
			}
		}
	}
	for _, w := range all {
		if w.selector != nil && !selects(w.selector.MatchLabels) {
			t.Errorf("%s does not select its own pods", w.name)
		}
	}
}

func TestFaultsBeginSwitchedOff(t *testing.T) {
	for _, object := range manifests(t) {
		cm, ok := object.(*corev1.ConfigMap)
		if !ok {
			continue
		}
		set, err := fault.Parse([]byte(cm.Data["faults.yaml"]), config.Roles())
		if err != nil || len(set) != 0 {
			t.Errorf("shipped faults: %v, %v", set, err)
		}
		var examples int
		for line := range strings.Lines(cm.Data["faults.yaml"]) {
			example, ok := strings.CutPrefix(line, "#   ")
			if !ok {
				continue
			}
			examples++
			if _, err := fault.Parse([]byte(example), config.Roles()); err != nil {
				t.Errorf("example %q: %v", example, err)
			}
		}
		if examples != 6 {
			t.Errorf("%d examples, want one of each kind", examples)
		}
	}
}
