package embedded

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

//go:embed manifests/*.yaml
var manifestFiles embed.FS

// fieldManager owns the fields that Kubemate applies.
const fieldManager = "kubemate"

// resources of the kinds that stand in manifests/. The API server's discovery isn't asked: the kinds are few and known,
// and discovery of a server that has just started can be incomplete.
var resources = map[string]struct {
	name       string
	namespaced bool
}{
	"Namespace":          {"namespaces", false},
	"ClusterRole":        {"clusterroles", false},
	"ClusterRoleBinding": {"clusterrolebindings", false},
	"Role":               {"roles", true},
	"RoleBinding":        {"rolebindings", true},
	"StorageClass":       {"storageclasses", false},
}

// applyRBAC applies the embedded manifests: the identities' rights, the system namespace and the storage class.
func applyRBAC(ctx context.Context, admin *rest.Config) error {
	client, err := dynamic.NewForConfig(withTimeout(admin, 10*time.Second))
	if err != nil {
		return err
	}
	objects, err := loadManifests()
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := apply(ctx, client, object); err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// apply tries again while the API server is not quite up: its priority and fairness, RBAC and namespaces' caches fill
// after /readyz.
func apply(ctx context.Context, client dynamic.Interface, object *unstructured.Unstructured) error {
	gvk := object.GroupVersionKind()
	resource, ok := resources[gvk.Kind]
	if !ok {
		return fmt.Errorf("kind %s is not in the list of known kinds", gvk.Kind)
	}
	var target dynamic.ResourceInterface = client.Resource(schema.GroupVersionResource{
		Group: gvk.Group, Version: gvk.Version, Resource: resource.name,
	})
	if resource.namespaced {
		target = target.(dynamic.NamespaceableResourceInterface).Namespace(object.GetNamespace())
	}
	return poll(ctx, func() (bool, error) {
		_, err := target.Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
		if err == nil {
			return true, nil
		}
		if transient(err) {
			return false, nil
		}
		return false, err
	})
}

func transient(err error) bool {
	return apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) || apierrors.IsServiceUnavailable(err) ||
		apierrors.IsInternalError(err) || apierrors.IsTimeout(err) || apierrors.IsNotFound(err) || apierrors.IsConflict(err)
}

func loadManifests() ([]*unstructured.Unstructured, error) {
	entries, err := manifestFiles.ReadDir("manifests")
	if err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	for _, entry := range entries {
		data, err := manifestFiles.ReadFile("manifests/" + entry.Name())
		if err != nil {
			return nil, err
		}
		objects, err := parseManifest(data)
		if err != nil {
			return nil, fmt.Errorf("manifest %s: %w", entry.Name(), err)
		}
		all = append(all, objects...)
	}
	return all, nil
}

func parseManifest(data []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(string(doc)) == "" {
			continue
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(doc, &object.Object); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
}
