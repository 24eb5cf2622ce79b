package addons

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// prune removes what a former version applied and the present one doesn't have.
// Namespaces and volume claims stay: they hold what people put there.
func (m *Manager) prune(ctx context.Context, addon string, former, present []id) error {
	for _, old := range slices.Backward(former) {
		if contains(present, old) || old.Kind == "Namespace" || old.Kind == "PersistentVolumeClaim" {
			continue
		}
		if err := m.removeObject(ctx, addon, old); err != nil {
			return err
		}
	}
	return nil
}

// Remove deletes an addon with everything in it, namespaces included.
func (m *Manager) Remove(ctx context.Context, addon string) error {
	inv, err := readInventory(ctx, m.client, addon)
	if err != nil {
		return err
	}
	for _, i := range slices.Backward(inv.Objects) {
		if err := m.removeObject(ctx, addon, i); err != nil {
			return fmt.Errorf("addon %s: %w", addon, err)
		}
	}
	err = m.client.Resource(configMaps).Namespace(Namespace).Delete(ctx, inventoryPrefix+addon, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("addon %s: %w", addon, err)
	}
	return nil
}

// removeObject deletes an object if it still carries the addon's labels.
func (m *Manager) removeObject(ctx context.Context, addon string, i id) error {
	c, err := client(m.client, i.gvk(), i.Namespace)
	if err != nil {
		return err
	}
	err = retry(ctx, func() error {
		o, err := c.Get(ctx, i.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if o.GetLabels()[managedByLabel] != managedBy || o.GetLabels()[addonLabel] != addon {
			m.options.Logger.Warn("an object that an addon once had is somebody else's now and stays", "addon", addon, "object", i.String())
			return nil
		}
		uid := o.GetUID()
		background := metav1.DeletePropagationBackground
		return c.Delete(ctx, i.Name, metav1.DeleteOptions{
			PropagationPolicy: &background, Preconditions: &metav1.Preconditions{UID: &uid},
		})
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove %s: %w", i, err)
	}
	return nil
}
