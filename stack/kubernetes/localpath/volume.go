package localpath

import (
	"context"
	"fmt"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// syncVolume removes a released volume of ours: its data, then the object.
func (p *provisioner) syncVolume(ctx context.Context, name string) error {
	volume, err := p.volumes.Get(name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !p.shouldDelete(volume) {
		return nil
	}
	if err := p.root.RemoveAll(volume.Name); err != nil {
		p.events.Eventf(volume, corev1.EventTypeWarning, "VolumeFailedDelete", "remove folder: %v", err)
		return fmt.Errorf("remove the folder of volume %s: %w", name, err)
	}
	// The precondition keeps a volume that was made anew under this name.
	opts := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(volume.UID))}
	if err := p.client.CoreV1().PersistentVolumes().Delete(ctx, name, opts); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete volume %s: %w", name, err)
	}
	return nil
}

// shouldDelete is true only for a volume that this provisioner made: a hand-written object with our annotation and
// another path must not lead to the removal of that folder.
func (p *provisioner) shouldDelete(volume *corev1.PersistentVolume) bool {
	return volume.Status.Phase == corev1.VolumeReleased &&
		volume.DeletionTimestamp == nil &&
		volume.Annotations[provisionedBy] == Name &&
		volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete &&
		volume.Spec.Local != nil &&
		filepath.Clean(volume.Spec.Local.Path) == p.path(volume.Name)
}
