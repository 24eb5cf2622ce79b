package addons

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// Namespace holds the inventories.
const Namespace = "kubemate-system"

// inventoryPrefix begins the name of an inventory's ConfigMap.
const inventoryPrefix = "addon-"

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
)

// id names an object.
type id struct {
	Group     string `json:"group,omitempty"`
	Version   string `json:"version"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

func idOf(o *unstructured.Unstructured) id {
	gvk := o.GroupVersionKind()
	return id{Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}
}

func (i id) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: i.Group, Version: i.Version, Kind: i.Kind}
}

func (i id) String() string {
	if i.Namespace == "" {
		return i.Kind + " " + i.Name
	}
	return i.Kind + " " + i.Namespace + "/" + i.Name
}

// same tells whether both name one object, whatever version of its kind is meant.
func (i id) same(other id) bool {
	i.Version = other.Version
	return i == other
}

// inventory is what was applied of an addon.
type inventory struct {
	// Digest of the manifests that were applied completely; empty while that is under way.
	Digest  string
	Objects []id
}

func digestOf(objects []*unstructured.Unstructured) (string, error) {
	data, err := json.Marshal(objects)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// readInventory returns an empty inventory where the addon was never applied.
func readInventory(ctx context.Context, c dynamic.Interface, addon string) (inventory, error) {
	o, err := c.Resource(configMaps).Namespace(Namespace).Get(ctx, inventoryPrefix+addon, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return inventory{}, nil
	}
	if err != nil {
		return inventory{}, fmt.Errorf("addon %s: read its inventory: %w", addon, err)
	}
	return decodeInventory(addon, o)
}

func decodeInventory(addon string, o *unstructured.Unstructured) (inventory, error) {
	var cm corev1.ConfigMap
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &cm); err != nil {
		return inventory{}, fmt.Errorf("addon %s: read its inventory: %w", addon, err)
	}
	inv := inventory{Digest: cm.Data["digest"]}
	if err := json.Unmarshal([]byte(cm.Data["objects"]), &inv.Objects); err != nil {
		return inventory{}, fmt.Errorf("addon %s: ConfigMap %s/%s is no inventory: %w: delete it, the addon is then applied anew",
			addon, Namespace, cm.Name, err)
	}
	return inv, nil
}

func (inv inventory) write(ctx context.Context, c dynamic.Interface, addon string) error {
	objects, err := json.Marshal(inv.Objects)
	if err != nil {
		return err
	}
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": inventoryPrefix + addon, "namespace": Namespace},
		"data":     map[string]any{"digest": inv.Digest, "objects": string(objects)},
	}}
	mark(o, addon)
	_, err = c.Resource(configMaps).Namespace(Namespace).Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
	if err != nil {
		return fmt.Errorf("addon %s: write its inventory: %w", addon, err)
	}
	return nil
}

// union returns the objects of both, without doubles.
func union(a, b []id) []id {
	all := append([]id(nil), a...)
	for _, candidate := range b {
		if !contains(all, candidate) {
			all = append(all, candidate)
		}
	}
	return all
}

func contains(list []id, wanted id) bool {
	for _, i := range list {
		if i.same(wanted) {
			return true
		}
	}
	return false
}
