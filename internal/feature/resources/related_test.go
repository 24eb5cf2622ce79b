package resources

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// bank is a small shop window of relations.
const bank = `
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: teller, namespace: bank}, spec: {template: {metadata: {labels: {app: teller}},
    spec: {serviceAccountName: teller, volumes: [{name: a, configMap: {name: settings}}, {name: b, persistentVolumeClaim: {claimName: data}}],
    containers: [{name: app, env: [{name: X, valueFrom: {secretKeyRef: {name: login, key: x}}}]}]}}}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: teller-1, namespace: bank, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: teller, uid: deployment-teller, controller: true}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: teller-1-a, namespace: bank, labels: {app: teller}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: teller-1, uid: replicaset-teller-1, controller: true}]},
    spec: {nodeName: n1, volumes: [{name: a, configMap: {name: settings}}], containers: [{name: app}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: orphan, namespace: bank, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: gone, uid: "1", controller: true}]}, spec: {containers: [{name: app}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: teller-1-a, namespace: other, labels: {app: teller}}, spec: {nodeName: n1, containers: [{name: app}]}}
- {apiVersion: v1, kind: Service, metadata: {name: front, namespace: bank}, spec: {selector: {app: teller}}}
- {apiVersion: v1, kind: Service, metadata: {name: unrelated, namespace: bank}, spec: {selector: {app: ledger}}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: door, namespace: bank}, spec: {tls: [{secretName: cert}], rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}}]}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: bank}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: bank}, spec: {storageClassName: fast}}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}}
- {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: scaler, namespace: bank}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: teller}}}
- {apiVersion: v1, kind: Node, metadata: {name: n1}}
`

func bankReader(t *testing.T) (*reader, func(kind, namespace, name string) *unstructured.Unstructured) {
	t.Helper()
	var list []map[string]any
	if err := yaml.Unmarshal([]byte(bank), &list); err != nil {
		t.Fatal(err)
	}
	c := fixtureCluster{}
	for _, content := range list {
		o := &unstructured.Unstructured{Object: content}
		o.SetUID(types.UID(strings.ToLower(o.GetKind()) + "-" + strings.TrimPrefix(o.GetNamespace()+"/", "bank/") + o.GetName()))
		o.SetUID(types.UID(strings.TrimPrefix(string(o.GetUID()), "/")))
		c.objects = append(c.objects, o)
	}
	return c.reader(time.Now()), func(kind, namespace, name string) *unstructured.Unstructured {
		for _, o := range c.objects {
			if o.GetKind() == kind && o.GetNamespace() == namespace && o.GetName() == name {
				return o
			}
		}
		t.Fatalf("no %s %s/%s", kind, namespace, name)
		return nil
	}
}

func TestRelated(t *testing.T) {
	tests := []struct{ kind, namespace, name, want string }{
		{
			"Deployment", "bank", "teller",
			"pods=teller-1-a services=front ingresses=door configmaps=settings claims=data secrets=!login serviceaccount=!teller autoscalers=scaler",
		},
		{"Pod", "bank", "teller-1-a", "node=n1 services=front ingresses=door configmaps=settings serviceaccount=!default autoscalers=scaler"},
		{"Service", "bank", "front", "pods=teller-1-a ingresses=door"},
		{"Ingress", "bank", "door", "services=front secrets=!cert"},
		{"ConfigMap", "bank", "settings", "pods=teller-1-a workloads=teller"},
		{"PersistentVolumeClaim", "bank", "data", "workloads=teller storageclass=fast"},
		{"StorageClass", "", "fast", "claims=data"},
		{"Node", "", "n1", "pods=teller-1-a,teller-1-a"},
		{"HorizontalPodAutoscaler", "bank", "scaler", "workloads=teller"},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			r, find := bankReader(t)
			var got []string
			for _, g := range r.relatedTo(find(tt.kind, tt.namespace, tt.name)) {
				var names []string
				for _, o := range g.Refs {
					names = append(names, o.Ref.Name)
				}
				for _, m := range g.Missing {
					names = append(names, "!"+m.Name)
				}
				got = append(got, g.Relation+"="+strings.Join(names, ","))
			}
			want := strings.Fields(tt.want)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestOwnerTree(t *testing.T) {
	r, find := bankReader(t)
	pod := find("Pod", "bank", "teller-1-a")
	chain, missing := r.ownerChain(pod)
	if missing != nil || len(chain) != 3 || chain[2].GetName() != "teller" {
		t.Fatalf("chain %v, missing %v", chain, missing)
	}
	tree := r.ownerTree(chain[2], pod.GetUID(), map[types.UID]bool{}, ownerDepth)
	if got := outline(tree); got != "Deployment/teller(ReplicaSet/teller-1(*Pod/teller-1-a))" {
		t.Errorf("tree is %s", got)
	}
	_, missing = r.ownerChain(find("Pod", "bank", "orphan"))
	if missing == nil || missing.Ref.Name != "gone" || missing.Ref.Resource != "replicasets.apps" || missing.Status[1] != "not found" {
		t.Errorf("missing owner: %+v", missing)
	}
}

func TestOwnerLoopEnds(t *testing.T) {
	a, b := &unstructured.Unstructured{}, &unstructured.Unstructured{}
	for o, other := range map[*unstructured.Unstructured]string{a: "b", b: "a"} {
		o.Object = map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": "x", "ownerReferences": []any{
			map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "name": other, "uid": other, "controller": true},
		}}}
	}
	a.SetName("a")
	a.SetUID("a")
	b.SetName("b")
	b.SetUID("b")
	r := fixtureCluster{objects: []*unstructured.Unstructured{a, b}}.reader(time.Now())
	if chain, _ := r.ownerChain(a); len(chain) > ownerDepth {
		t.Errorf("the chain has %d links", len(chain))
	}
}

func outline(n OwnerNode) string {
	text := fmt.Sprintf("%s/%s", n.Kind, n.Ref.Name)
	if n.Self {
		text = "*" + text
	}
	var children []string
	for _, c := range n.Children {
		children = append(children, outline(c))
	}
	if len(children) > 0 {
		text += "(" + strings.Join(children, " ") + ")"
	}
	return text
}
