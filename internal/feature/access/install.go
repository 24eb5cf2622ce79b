package access

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"

	"kubemate.io/kubemate/api"
)

//go:embed roles.yaml
var rolesYAML []byte

// install applies the definition of users and the built-in roles.
func (f *Feature) install(ctx context.Context) error {
	crd, err := api.CRDs.ReadFile("crds/users.yaml")
	if err != nil {
		return fmt.Errorf("read the definition of users: %w", err)
	}
	if err := f.apply(ctx, crd); err != nil {
		return err
	}
	if err := f.waitServed(ctx, "users.kubemate.io"); err != nil {
		return err
	}
	self, err := f.deps.Cluster.System().Typed.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("ask the cluster for Kubemate's own name: %w", err)
	}
	name := self.Status.UserInfo.Username
	if strings.ContainsAny(name, "\"'\\\n") {
		return fmt.Errorf("kubemate's own name in the cluster, %q, cannot stand in a policy", name)
	}
	return f.apply(ctx, bytes.ReplaceAll(rolesYAML, []byte("SERVER_USER"), []byte(name)))
}

// apply applies the documents one by one.
func (f *Feature) apply(ctx context.Context, documents []byte) error {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(documents), 4096)
	for {
		o := &unstructured.Unstructured{}
		if err := decoder.Decode(&o.Object); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read a built-in object: %w", err)
		}
		if err := f.applyOne(ctx, o); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
}

func (f *Feature) applyOne(ctx context.Context, o *unstructured.Unstructured) error {
	resource := f.resourceOf(o)
	if o.GetKind() == "Namespace" { // whoever made the cluster may have made it, with labels of his own
		_, err := resource.Get(ctx, o.GetName(), metav1.GetOptions{})
		if !apierrors.IsNotFound(err) {
			return err
		}
	}
	_, err := resource.Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
	if apierrors.IsForbidden(err) && strings.HasPrefix(o.GetKind(), "ValidatingAdmissionPolicy") {
		f.log.Error("Kubemate may not install the policy that protects users from being edited past it: who may edit objects of group kubemate.io can give himself any rights",
			"policy", o.GetName(), "remedy", "let Kubemate's account create and patch validatingadmissionpolicies and their bindings", "error", err)
		return nil
	}
	return err
}

// resourceOf knows the few kinds that are shipped.
func (f *Feature) resourceOf(o *unstructured.Unstructured) dynamic.ResourceInterface {
	gvk := o.GroupVersionKind()
	plural := strings.ToLower(gvk.Kind) + "s"
	if strings.HasSuffix(gvk.Kind, "Policy") {
		plural = strings.ToLower(strings.TrimSuffix(gvk.Kind, "y")) + "ies"
	}
	resource := f.deps.Cluster.System().Dynamic.Resource(schema.GroupVersionResource{Group: gvk.Group, Version: gvk.Version, Resource: plural})
	if o.GetNamespace() != "" {
		return resource.Namespace(o.GetNamespace())
	}
	return resource
}

// waitServed waits until the API server serves a custom resource.
func (f *Feature) waitServed(ctx context.Context, name string) error {
	resource := f.deps.Cluster.System().Dynamic.Resource(schema.GroupVersionResource{
		Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
	})
	for range 100 {
		o, err := resource.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if established(o) {
			return nil
		}
		timer := time.NewTimer(100 * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
	return fmt.Errorf("the cluster does not serve %s after 10 s", name)
}

func established(crd *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(crd.Object, "status", "conditions")
	for _, c := range conditions {
		condition, ok := c.(map[string]any)
		if ok && condition["type"] == "Established" && condition["status"] == "True" {
			return true
		}
	}
	return false
}
