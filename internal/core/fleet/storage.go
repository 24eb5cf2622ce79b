package fleet

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
)

const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class"

func claimFields() []field {
	return []field{
		status(func(c *corev1.PersistentVolumeClaim) (tone, text string) {
			if c.DeletionTimestamp != nil {
				return toneProgress, "Terminating"
			}
			switch c.Status.Phase {
			case corev1.ClaimBound:
				return toneOK, "Bound"
			case corev1.ClaimLost:
				return toneError, "Lost"
			}
			return toneProgress, "Pending"
		}),
		of("capacity", TypeBytes, "Capacity", func(c *corev1.PersistentVolumeClaim) value {
			return storage(c.Status.Capacity)
		}),
		of("requested", TypeBytes, "Requested", func(c *corev1.PersistentVolumeClaim) value {
			return storage(c.Spec.Resources.Requests)
		}, wide),
		list("accessModes", "Access modes", func(c *corev1.PersistentVolumeClaim) []string { return modes(c.Spec.AccessModes) }),
		text("storageClass", "Storage class", func(c *corev1.PersistentVolumeClaim) string { return deref(c.Spec.StorageClassName) }),
		text("volume", "Volume", func(c *corev1.PersistentVolumeClaim) string { return c.Spec.VolumeName }),
		text("volumeMode", "Volume mode", func(c *corev1.PersistentVolumeClaim) string { return string(derefOr(c.Spec.VolumeMode, "")) }, wide),
	}
}

func volumeFields() []field {
	return []field{
		status(func(v *corev1.PersistentVolume) (tone, text string) {
			if v.DeletionTimestamp != nil {
				return toneProgress, "Terminating"
			}
			switch v.Status.Phase {
			case corev1.VolumeBound:
				return toneOK, "Bound"
			case corev1.VolumeAvailable:
				return toneNeutral, "Available"
			case corev1.VolumeReleased:
				return toneWarning, "Released"
			case corev1.VolumeFailed:
				return toneError, "Failed"
			}
			return toneProgress, "Pending"
		}),
		of("capacity", TypeBytes, "Capacity", func(v *corev1.PersistentVolume) value { return storage(v.Spec.Capacity) }),
		list("accessModes", "Access modes", func(v *corev1.PersistentVolume) []string { return modes(v.Spec.AccessModes) }),
		text("reclaimPolicy", "Reclaim policy", func(v *corev1.PersistentVolume) string {
			return string(v.Spec.PersistentVolumeReclaimPolicy)
		}),
		text("claim", "Claim", func(v *corev1.PersistentVolume) string {
			if v.Spec.ClaimRef == nil {
				return ""
			}
			return v.Spec.ClaimRef.Namespace + "/" + v.Spec.ClaimRef.Name
		}),
		text("storageClass", "Storage class", func(v *corev1.PersistentVolume) string { return v.Spec.StorageClassName }),
		text("reason", "Reason", func(v *corev1.PersistentVolume) string { return v.Status.Reason }, wide),
	}
}

func storageClassFields() []field {
	return []field{
		text("default", "Default", func(c *storagev1.StorageClass) string {
			return yes(c.Annotations[defaultClassAnnotation] == "true")
		}),
		text("provisioner", "Provisioner", func(c *storagev1.StorageClass) string { return c.Provisioner }),
		text("reclaimPolicy", "Reclaim policy", func(c *storagev1.StorageClass) string { return string(derefOr(c.ReclaimPolicy, "Delete")) }),
		text("bindingMode", "Binding mode", func(c *storagev1.StorageClass) string { return string(derefOr(c.VolumeBindingMode, "Immediate")) }),
		text("expansion", "Expansion", func(c *storagev1.StorageClass) string { return yes(derefOr(c.AllowVolumeExpansion, false)) }),
	}
}

func storage(list corev1.ResourceList) value {
	q, ok := list[corev1.ResourceStorage]
	if !ok {
		return noValue()
	}
	return plainValue(q.Value())
}

var shortModes = strings.NewReplacer("ReadWriteOncePod", "RWOP", "ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX", "ReadWriteMany", "RWX")

func modes(in []corev1.PersistentVolumeAccessMode) []string {
	out := make([]string, len(in))
	for i, m := range in {
		out[i] = shortModes.Replace(string(m))
	}
	return out
}

func deref(s *string) string { return derefOr(s, "") }

func derefOr[T any](p *T, or T) T {
	if p == nil {
		return or
	}
	return *p
}
