package localpath

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

func class(name, provisioner string) *storagev1.StorageClass {
	policy := corev1.PersistentVolumeReclaimDelete
	return &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: provisioner, ReclaimPolicy: &policy}
}

func claim(name, className, node string) *corev1.PersistentVolumeClaim {
	c := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-" + name)},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: &className,
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{
				corev1.ResourceStorage: resource.MustParse("1Gi"),
			}},
		},
	}
	if node != "" {
		c.Annotations = map[string]string{selectedNode: node}
	}
	return c
}

// run runs a provisioner until the test ends.
func run(t *testing.T, client kubernetes.Interface, dir string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- RunWithClient(ctx, client, dir) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the provisioner ended with %v", err)
		}
	})
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func volume(t *testing.T, client kubernetes.Interface, name string) *corev1.PersistentVolume {
	t.Helper()
	v, err := client.CoreV1().PersistentVolumes().Get(context.Background(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVolumeIsMadeAndRemoved(t *testing.T) {
	dir := t.TempDir()
	client := fake.NewClientset(class("local-path", Name), claim("a", "local-path", "n1"))
	run(t, client, dir)
	eventually(t, "volume", func() bool { return volume(t, client, "pvc-uid-a") != nil })
	v := volume(t, client, "pvc-uid-a")
	if v.Spec.Local == nil || v.Spec.Local.Path != filepath.Join(dir, "pvc-uid-a") {
		t.Errorf("volume is at %+v", v.Spec.Local)
	}
	if v.Spec.ClaimRef.UID != "uid-a" || v.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0].Values[0] != "n1" {
		t.Errorf("volume is bound to %+v, %+v", v.Spec.ClaimRef, v.Spec.NodeAffinity)
	}
	info, err := os.Stat(v.Spec.Local.Path)
	if err != nil || info.Mode().Perm() != os.ModePerm {
		t.Errorf("folder: %v, %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(v.Spec.Local.Path, "data"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}

	v.Status.Phase = corev1.VolumeReleased
	if _, err := client.CoreV1().PersistentVolumes().Update(t.Context(), v, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "removal", func() bool { return volume(t, client, "pvc-uid-a") == nil })
	if _, err := os.Stat(v.Spec.Local.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data stays: %v", err)
	}
}

func TestClaimsThatAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	block := corev1.PersistentVolumeBlock
	withBlock := claim("block", "local-path", "n1")
	withBlock.Spec.VolumeMode = &block
	withSelector := claim("selector", "local-path", "n1")
	withSelector.Spec.Selector = &metav1.LabelSelector{}
	bound := claim("bound", "local-path", "n1")
	bound.Spec.VolumeName = "v"
	last := claim("last", "local-path", "n1")
	client := fake.NewClientset(class("local-path", Name), class("other", "other.example/x"),
		claim("nonode", "local-path", ""), claim("foreign", "other", "n1"), claim("noclass", "missing", "n1"),
		withBlock, withSelector, bound, last)
	run(t, client, dir)
	eventually(t, "the good claim's volume", func() bool { return volume(t, client, "pvc-uid-last") != nil })
	eventually(t, "two events about unsupported claims", func() bool {
		events, err := client.CoreV1().Events("default").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, e := range events.Items {
			if e.Reason == "ProvisioningFailed" {
				failed++
			}
		}
		return failed == 2
	})
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("folders are %v, %v", entries, err)
	}
}

// TestForgedVolumeIsNotFollowed: an object that names a folder of its own must not lead to that folder's removal.
func TestForgedVolumeIsNotFollowed(t *testing.T) {
	dir, victim := t.TempDir(), t.TempDir()
	forged := func(name, path string) *corev1.PersistentVolume {
		return &corev1.PersistentVolume{
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: "u", Annotations: map[string]string{provisionedBy: Name}},
			Spec: corev1.PersistentVolumeSpec{
				PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
				PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			},
			Status: corev1.PersistentVolumeStatus{Phase: corev1.VolumeReleased},
		}
	}
	p := &provisioner{}
	var err error
	if p.root, err = os.OpenRoot(dir); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a": victim, "b": dir, "c": filepath.Join(dir, "other"), "d": dir + "/../" + filepath.Base(victim),
	} {
		if p.shouldDelete(forged(name, path)) {
			t.Errorf("volume %s at %s would be removed", name, path)
		}
	}
	if !p.shouldDelete(forged("e", filepath.Join(dir, "e"))) {
		t.Error("a volume of ours would stay")
	}
	if err := os.Symlink(victim, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(victim, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.root.RemoveAll("link"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(victim, "data")); err != nil {
		t.Error("removal went through a symbolic link")
	}
	if err := p.root.RemoveAll("../" + filepath.Base(victim)); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Errorf("a name that leads out was not refused: %v", err)
	}
}
