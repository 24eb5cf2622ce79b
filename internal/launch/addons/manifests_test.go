package addons

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
)

const testImage = "localhost:5050/kubemate/x:1@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func renderAll(t *testing.T) map[string][]*unstructured.Unstructured {
	t.Helper()
	all := map[string][]*unstructured.Unstructured{}
	for _, name := range All() {
		objects, err := render(name, testImage, Values{Upstreams: []string{"10.0.0.53"}}.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		if len(objects) == 0 {
			t.Fatalf("%s has no objects", name)
		}
		all[name] = objects
	}
	return all
}

// apiService has the fields that an APIService may have here; its Go module is
// not worth linking.
type apiService struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       struct {
		Group                string `json:"group"`
		Version              string `json:"version"`
		GroupPriorityMinimum int32  `json:"groupPriorityMinimum"`
		VersionPriority      int32  `json:"versionPriority"`
		CABundle             []byte `json:"caBundle"`
		Service              struct {
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
			Port      int32  `json:"port"`
		} `json:"service"`
	} `json:"spec"`
}

func TestManifestsHaveNoUnknownField(t *testing.T) {
	decoder := serializer.NewCodecFactory(clientgoscheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	for name, objects := range renderAll(t) {
		for _, o := range objects {
			data, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if o.GetKind() == "APIService" {
				d := json.NewDecoder(bytes.NewReader(data))
				d.DisallowUnknownFields()
				if err := d.Decode(&apiService{}); err != nil {
					t.Errorf("%s: %s: %v", name, idOf(o), err)
				}
				continue
			}
			if _, _, err := decoder.Decode(data, nil, nil); err != nil {
				t.Errorf("%s: %s: %v", name, idOf(o), err)
			}
		}
	}
}

func TestManifestsHaveNoPlaceholderLeft(t *testing.T) {
	for name, objects := range renderAll(t) {
		data, err := json.Marshal(objects)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(data, []byte("KUBEMATE_")); at >= 0 {
			t.Errorf("%s: %s is left", name, data[at:min(at+40, len(data))])
		}
	}
}

func TestEverythingIsMarked(t *testing.T) {
	for name, objects := range renderAll(t) {
		for _, o := range objects {
			if l := o.GetLabels(); l[managedByLabel] != managedBy || l[addonLabel] != name {
				t.Errorf("%s: %s has the labels %v", name, idOf(o), l)
			}
		}
	}
}

// podSpecs returns the pod templates of an addon by object.
func podSpecs(t *testing.T, objects []*unstructured.Unstructured) map[string]corev1.PodSpec {
	t.Helper()
	specs := map[string]corev1.PodSpec{}
	for _, o := range objects {
		path := []string{"spec", "template", "spec"}
		if o.GetKind() == "CronJob" {
			path = []string{"spec", "jobTemplate", "spec", "template", "spec"}
		}
		raw, found, err := unstructured.NestedMap(o.Object, path...)
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			continue
		}
		var spec corev1.PodSpec
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &spec); err != nil {
			t.Fatal(err)
		}
		specs[idOf(o).String()] = spec
	}
	return specs
}

func TestPodsRunWithoutPrivileges(t *testing.T) {
	for addon, objects := range renderAll(t) {
		specs := podSpecs(t, objects)
		if len(specs) == 0 {
			t.Errorf("%s has no pods", addon)
		}
		for object, spec := range specs {
			s := spec.SecurityContext
			if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
				t.Errorf("%s: needs runAsNonRoot and the runtime's seccomp profile", object)
			}
			if spec.HostNetwork || spec.HostPID || spec.HostIPC {
				t.Errorf("%s: uses the host's namespaces", object)
			}
			for _, c := range spec.Containers {
				checkContainer(t, object, c)
			}
		}
	}
}

func checkContainer(t *testing.T, object string, c corev1.Container) {
	t.Helper()
	s := c.SecurityContext
	if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem ||
		s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation ||
		s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") || len(s.Capabilities.Add) > 0 {
		t.Errorf("%s: container %s: needs a read-only root, no escalation, no capabilities", object, c.Name)
	}
	if c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
		t.Errorf("%s: container %s: needs requests and a memory limit", object, c.Name)
	}
	if c.Image != testImage {
		t.Errorf("%s: container %s: image %q is not the bundle's", object, c.Name, c.Image)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"unknown kind":  "apiVersion: v1\nkind: Potato\nmetadata: {name: x}\n",
		"no name":       "apiVersion: v1\nkind: Secret\nmetadata: {}\n",
		"doubled key":   "apiVersion: v1\nkind: Secret\nkind: Secret\nmetadata: {name: x}\n",
		"no YAML":       "{{{",
		"list of words": "- a\n- b\n",
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func TestUnknownAddonIsRefused(t *testing.T) {
	if _, err := render("potato", testImage, Values{}); err == nil {
		t.Error("an unknown addon was rendered")
	}
}

func TestCorefileForwards(t *testing.T) {
	for _, tt := range []struct {
		name      string
		upstreams []string
		want      string
	}{
		{"to the servers", []string{"10.0.0.1", "10.0.0.2"}, "forward . 10.0.0.1 10.0.0.2\n"},
		{"nowhere", nil, "# The machine names no name servers"},
	} {
		objects, err := render(CoreDNS, testImage, Values{Upstreams: tt.upstreams}.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if o.GetKind() != "ConfigMap" {
				continue
			}
			corefile, _, _ := unstructured.NestedString(o.Object, "data", "Corefile")
			if !bytes.Contains([]byte(corefile), []byte(tt.want)) {
				t.Errorf("%s: %q is not in\n%s", tt.name, tt.want, corefile)
			}
		}
	}
}
