package addons

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/demo"
	manifests "kubemate.io/kubemate/deploy/addons"
)

// Names of the addons.
const (
	CoreDNS       = "coredns"
	MetricsServer = "metrics-server"
	DemoBank      = "demo-bank"
)

// All returns every addon, in the order in which they are installed.
func All() []string { return []string{CoreDNS, MetricsServer, DemoBank} }

// Values fill the placeholders of the manifests.
type Values struct {
	// DNSAddress is the cluster IP of the DNS service, as 10.96.0.10.
	DNSAddress string
	// ClusterDomain is cluster.local nearly everywhere.
	ClusterDomain string
	// Upstreams are name servers for names outside the cluster; with none, such names are refused.
	Upstreams []string
}

func (v Values) withDefaults() Values {
	if v.DNSAddress == "" {
		v.DNSAddress = "10.96.0.10"
	}
	if v.ClusterDomain == "" {
		v.ClusterDomain = "cluster.local"
	}
	return v
}

// render returns the objects of an addon, in the order in which they are applied.
func render(name, image string, v Values) ([]*unstructured.Unstructured, error) {
	var files map[string][]byte
	var err error
	switch name {
	case CoreDNS, MetricsServer:
		files, err = own(name, image, v)
	case DemoBank:
		files, err = demo.Manifests(image)
	default:
		return nil, fmt.Errorf("there is no addon %q: there are %s", name, strings.Join(All(), ", "))
	}
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	for _, file := range sortedKeys(files) {
		parsed, err := parse(files[file])
		if err != nil {
			return nil, fmt.Errorf("addon %s: %s: %w", name, file, err)
		}
		objects = append(objects, parsed...)
	}
	for _, o := range objects {
		mark(o, name)
	}
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int {
		return kinds[a.GetKind()].rank - kinds[b.GetKind()].rank
	})
	return objects, nil
}

func own(name, image string, v Values) (map[string][]byte, error) {
	file := name + ".yaml"
	data, err := manifests.Manifests.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("addon %s: %w", name, err)
	}
	forward := "# The machine names no name servers for the world outside."
	if len(v.Upstreams) > 0 {
		forward = "forward . " + strings.Join(v.Upstreams, " ")
	}
	text := strings.NewReplacer(
		"KUBEMATE_IMAGE", image,
		"KUBEMATE_CLUSTER_DOMAIN", v.ClusterDomain,
		"KUBEMATE_DNS_ADDRESS", v.DNSAddress,
		"KUBEMATE_DNS_FORWARD", forward,
	).Replace(string(data))
	return map[string][]byte{file: []byte(text)}, nil
}

// Labels and annotations of everything that an addon owns.
const (
	managedByLabel = "app.kubernetes.io/managed-by"
	managedBy      = "kubemate"
	addonLabel     = "kubemate.io/addon"
)

func mark(o *unstructured.Unstructured, addon string) {
	labels := o.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[managedByLabel], labels[addonLabel] = managedBy, addon
	o.SetLabels(labels)
}
