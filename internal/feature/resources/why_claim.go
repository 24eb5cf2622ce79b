package resources

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class"

// claim examines the claim that was asked about.
func (d *diagnosis) claim(claim *corev1.PersistentVolumeClaim) {
	if claim.Status.Phase == corev1.ClaimBound {
		if resizing := claimResize(claim); resizing != nil {
			d.add("volume-resize", toneProgress, orderNote, "Claim %s is being made larger", claim.Name).with("claim", claim.Name).
				detail("%s", orDefault(resizing.Message, "The new size shows when the file system has grown.")).
				evidence("condition", nil, string(resizing.Type)+": "+resizing.Message, resizing.LastTransitionTime.Time)
			return
		}
		d.healthy("Claim %s is bound to volume %s", claim.Name, claim.Spec.VolumeName)
		return
	}
	d.claimCauses(claim, d.claimUsed(claim))
}

func claimResize(claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolumeClaimCondition {
	for i := range claim.Status.Conditions {
		switch claim.Status.Conditions[i].Type {
		case corev1.PersistentVolumeClaimResizing, corev1.PersistentVolumeClaimFileSystemResizePending:
			return &claim.Status.Conditions[i]
		}
	}
	return nil
}

// claimUsed says whether a pod mounts the claim.
func (d *diagnosis) claimUsed(claim *corev1.PersistentVolumeClaim) bool {
	for _, o := range d.r.list("pods", claim.Namespace, nil) {
		_, spec, ok := podTemplate(o)
		if !ok {
			continue
		}
		for _, u := range usesOf(spec) {
			if u.resource == "persistentvolumeclaims" && u.name == claim.Name {
				return true
			}
		}
	}
	return false
}

// claimCauses explains a claim that is not bound; used says that a pod waits for it.
func (d *diagnosis) claimCauses(claim *corev1.PersistentVolumeClaim, used bool) {
	ref := d.r.refTo("persistentvolumeclaims", claim.Namespace, claim.Name)
	obj := d.claimObject(claim)
	if claim.Status.Phase == corev1.ClaimLost {
		d.add("volume-missing", toneError, orderCause, "Claim %s lost its volume %s", claim.Name, claim.Spec.VolumeName).about(ref).
			with("claim", claim.Name, "volume", claim.Spec.VolumeName).
			detail("The PersistentVolume that it was bound to does not exist any more.").event(d.r.lastEvent(obj, "ClaimLost")).
			remedy("Restore the PersistentVolume, or delete the claim and restore the data from a backup.")
		return
	}
	class, named := d.classOf(claim)
	switch {
	case named != "" && class == nil && !d.classHidden():
		d.add("volume-pending", toneError, orderCause, "Claim %s names the storage class %s, which does not exist", claim.Name, named).about(ref).
			with("claim", claim.Name, "class", named, "reason", "class-missing").
			detail("Nobody will make a volume for it.").event(d.r.lastEvent(obj, "ProvisioningFailed")).
			remedy("Make the claim anew with one of these classes: " + orDefault(shortList(d.classNames()), "(there is none)") + ".")
	case named == "" && class == nil:
		d.add("volume-pending", toneError, orderCause, "Claim %s names no storage class, and the cluster has no default", claim.Name).about(ref).
			with("claim", claim.Name, "reason", "no-class").
			detail("It waits for a PersistentVolume that somebody makes by hand and that fits.").event(d.r.lastEvent(obj, "FailedBinding")).
			remedy("Name a storage class in the claim, or mark one as the default.")
	default:
		d.provisioning(claim, class, used, obj)
	}
}

// provisioning explains a claim whose class exists, or can't be seen.
func (d *diagnosis) provisioning(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, used bool, obj *unstructured.Unstructured) {
	ref := d.r.refTo("persistentvolumeclaims", claim.Namespace, claim.Name)
	if event := d.r.lastEvent(obj, "ProvisioningFailed"); event != nil {
		d.add("volume-pending", toneError, orderCause, "No volume can be made for claim %s", claim.Name).about(ref).
			with("claim", claim.Name, "reason", "provisioning-failed").
			detail("%s", firstLine(event.Message)).event(event).remedy("Correct what the provisioner says; it tries again by itself.")
		return
	}
	if class != nil && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer && !used {
		d.add("volume-pending", toneNeutral, orderCause, "Claim %s waits until a pod uses it", claim.Name).about(ref).
			with("claim", claim.Name, "class", class.Name, "reason", "no-consumer").
			detail("The storage class %s makes a volume when it knows the pod's node. That is as it should be.", class.Name).
			event(d.r.lastEvent(obj, "WaitForFirstConsumer")).remedy("Mount it in a pod.")
		return
	}
	provisioner := "the provisioner"
	if class != nil {
		provisioner = class.Provisioner
	}
	c := d.add("volume-pending", toneWarning, orderCause, "Claim %s waits for %s to make a volume", claim.Name, provisioner).about(ref).
		with("claim", claim.Name, "provisioner", provisioner, "reason", "waiting").
		detail("If this lasts more than a minute or two, %s does not run or has trouble.", provisioner).
		event(d.r.lastEvent(obj, "ExternalProvisioning", "Provisioning", "WaitForPodScheduled")).
		remedy("Look at the pods and logs of " + provisioner + ".")
	if age := d.r.now.Sub(claim.CreationTimestamp.Time); age < time.Minute {
		c.Tone = toneProgress
	}
}

func (d *diagnosis) claimObject(claim *corev1.PersistentVolumeClaim) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	obj.SetAPIVersion("v1")
	obj.SetKind("PersistentVolumeClaim")
	obj.SetNamespace(claim.Namespace)
	obj.SetName(claim.Name)
	obj.SetUID(claim.UID)
	return obj
}

const classResource = "storageclasses.storage.k8s.io"

// classOf finds the storage class of a claim: the one named, or the default one.
func (d *diagnosis) classOf(claim *corev1.PersistentVolumeClaim) (class *storagev1.StorageClass, named string) {
	if claim.Spec.StorageClassName != nil {
		named = *claim.Spec.StorageClassName
	} else {
		named = claim.Annotations["volume.beta.kubernetes.io/storage-class"]
	}
	for _, c := range listAs[storagev1.StorageClass](d.r, classResource, "", nil) {
		if c.Name == named || (named == "" && claim.Spec.StorageClassName == nil && strings.EqualFold(c.Annotations[defaultClassAnnotation], "true")) {
			return c, named
		}
	}
	return nil, named
}

func (d *diagnosis) classHidden() bool {
	_, hidden := d.r.unseen[classResource]
	return hidden
}

func (d *diagnosis) classNames() []string {
	var out []string
	for _, c := range d.r.list(classResource, "", nil) {
		out = append(out, c.GetName())
	}
	return out
}
