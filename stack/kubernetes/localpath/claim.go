package localpath

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	selectedNode  = "volume.kubernetes.io/selected-node"
	provisionedBy = "pv.kubernetes.io/provisioned-by"
	hostnameLabel = corev1.LabelHostname
)

var everything = labels.Everything()

// syncClaim makes the folder and the volume of a claim that is ours and whose node is chosen. Both names follow from
// the claim's UID, so that a repetition after a crash finds them and makes no second volume.
func (p *provisioner) syncClaim(ctx context.Context, it item) error {
	claim, err := p.claims.PersistentVolumeClaims(it.namespace).Get(it.name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	class, err := p.classOf(claim)
	if class == nil || err != nil {
		return err
	}
	node := claim.Annotations[selectedNode]
	if claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil || node == "" {
		return nil
	}
	if reason := unsupported(claim); reason != "" {
		p.events.Event(claim, corev1.EventTypeWarning, "ProvisioningFailed", reason)
		return nil // only a change of the claim can help, and that wakes us
	}
	volume := p.volumeFor(claim, class, node)
	if err := p.makeFolder(volume.Name); err != nil {
		p.events.Eventf(claim, corev1.EventTypeWarning, "ProvisioningFailed", "folder of volume %s: %v", volume.Name, err)
		return err
	}
	if _, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{}); err != nil {
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return fmt.Errorf("create volume %s: %w", volume.Name, err)
	}
	p.events.Eventf(claim, corev1.EventTypeNormal, "ProvisioningSucceeded", "volume %s is ready on node %s", volume.Name, node)
	return nil
}

// classOf is the claim's class if it is one of ours, else nil.
func (p *provisioner) classOf(claim *corev1.PersistentVolumeClaim) (*storagev1.StorageClass, error) {
	if claim.Spec.StorageClassName == nil || *claim.Spec.StorageClassName == "" {
		return nil, nil
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || class.Provisioner != Name {
		return nil, err
	}
	return class, nil
}

// unsupported says why a claim can't be served, or "".
func unsupported(claim *corev1.PersistentVolumeClaim) string {
	if claim.Spec.VolumeMode != nil && *claim.Spec.VolumeMode == corev1.PersistentVolumeBlock {
		return "the class serves folders, not block devices: set volumeMode to Filesystem"
	}
	if claim.Spec.Selector != nil {
		return "the class makes volumes on demand: a claim with a selector can't be served"
	}
	if claim.Spec.DataSource != nil || claim.Spec.DataSourceRef != nil {
		return "the class can't clone or restore: remove dataSource and dataSourceRef"
	}
	return ""
}

func (p *provisioner) volumeFor(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node string) *corev1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	policy := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: Name}},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			PersistentVolumeReclaimPolicy: policy,
			StorageClassName:              class.Name,
			MountOptions:                  class.MountOptions,
			VolumeMode:                    claim.Spec.VolumeMode,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				Local: &corev1.LocalVolumeSource{Path: p.path(name)},
			},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{
					MatchExpressions: []corev1.NodeSelectorRequirement{{
						Key: hostnameLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{node},
					}},
				}},
			}},
		},
	}
}

// makeFolder makes the volume's folder writable for whatever user the pod runs as; the folder above keeps other
// users of the machine out of listing it.
func (p *provisioner) makeFolder(name string) error {
	if err := p.root.Mkdir(name, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// The process' umask has narrowed the mode.
	return p.root.Chmod(name, os.ModePerm)
}
