package access

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/kube"
)

const (
	systemNamespace = "kubemate-system"
	fieldManager    = "kubemate" // who wrote it, as the cluster notes
	hashKey         = "argon2id" // in the Secret's data
	uidAnnotation   = "kubemate.io/user-uid"
)

// credentials keeps the hashes of passwords, one Secret per user. They are read when
// somebody signs in and never held in memory.
type credentials struct {
	cluster kube.Cluster
}

func secretName(user string) string { return "user-" + user }

// hashOf gives a user's stored hash, "" when there is none. A Secret that was left by an
// earlier user of the same name does not count.
func (c credentials) hashOf(ctx context.Context, name, uid string) (string, error) {
	s, err := c.cluster.System().Typed.CoreV1().Secrets(systemNamespace).Get(ctx, secretName(name), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the credentials of a user: %w", err)
	}
	if uid == "" || s.Annotations[uidAnnotation] != uid {
		return "", nil
	}
	return string(s.Data[hashKey]), nil
}

// store writes a user's hash.
func (c credentials) store(ctx context.Context, u user, hash string, now time.Time) error {
	owner := metav1.OwnerReference{APIVersion: "kubemate.io/v1alpha1", Kind: "User", Name: u.Name, UID: u.uid()}
	s := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: secretName(u.Name), Namespace: systemNamespace,
			Labels:          map[string]string{"app.kubernetes.io/managed-by": "kubemate"},
			Annotations:     map[string]string{uidAnnotation: u.UID, "kubemate.io/changed": now.UTC().Format(time.RFC3339)},
			OwnerReferences: []metav1.OwnerReference{owner},
		},
		Type: "kubemate.io/credentials",
		Data: map[string][]byte{hashKey: []byte(hash)},
	}
	secrets := c.cluster.System().Typed.CoreV1().Secrets(systemNamespace)
	_, err := secrets.Update(ctx, s, metav1.UpdateOptions{FieldManager: fieldManager})
	if apierrors.IsNotFound(err) {
		_, err = secrets.Create(ctx, s, metav1.CreateOptions{FieldManager: fieldManager})
	}
	if err != nil {
		return fmt.Errorf("store the credentials of user %s: %w", u.Name, err)
	}
	return nil
}

func (c credentials) delete(ctx context.Context, name string) error {
	err := c.cluster.System().Typed.CoreV1().Secrets(systemNamespace).Delete(ctx, secretName(name), metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the credentials of user %s: %w", name, err)
	}
	return nil
}
