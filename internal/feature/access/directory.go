package access

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"

	"kubemate.io/kubemate/api/v1alpha1"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// user is one person as the directory knows him.
type user struct {
	Name            string
	UID             string
	DisplayName     string
	Email           string
	Groups          []string
	Disabled        bool
	PasswordSet     bool
	Created         time.Time
	resourceVersion string
}

// directory is the users, as custom resources of the management cluster, followed by a watch.
type directory struct {
	cluster kube.Cluster
	log     *slog.Logger
	changed func(before, after *user) // after is nil when the user is gone

	mu    sync.RWMutex
	users map[string]user
	ready chan struct{}
}

func newDirectory(cluster kube.Cluster, log *slog.Logger) *directory {
	return &directory{cluster: cluster, log: log, users: map[string]user{}, ready: make(chan struct{}), changed: func(_, _ *user) {}}
}

func (d *directory) resource() dynamic.ResourceInterface {
	return d.cluster.System().Dynamic.Resource(v1alpha1.UsersResource())
}

// run follows the users until ctx ends.
func (d *directory) run(ctx context.Context) error {
	// The client is asked for at each call: it changes when the cluster's credentials do.
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return d.resource().List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return d.resource().Watch(ctx, o)
		},
	}, &unstructured.Unstructured{}, 0, nil)
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { d.put(obj) },
		UpdateFunc: func(_, obj any) { d.put(obj) },
		DeleteFunc: d.remove,
	})
	if err != nil {
		return fmt.Errorf("follow the users: %w", err)
	}
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { informer.RunWithContext(ctx) })
	if cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
		close(d.ready)
		<-ctx.Done()
	}
	return nil
}

func (d *directory) put(obj any) {
	o, ok := obj.(*unstructured.Unstructured)
	if !ok {
		return
	}
	u, err := fromObject(o)
	if err != nil {
		d.log.Warn("a user cannot be read", "user", o.GetName(), "error", err)
		return
	}
	d.set(u)
}

func (d *directory) set(u user) {
	d.mu.Lock()
	before, known := d.users[u.Name]
	if known && before.UID == u.UID && newer(before.resourceVersion, u.resourceVersion) {
		d.mu.Unlock()
		return
	}
	d.users[u.Name] = u
	d.mu.Unlock()
	if known {
		d.changed(&before, &u)
	} else {
		d.changed(nil, &u)
	}
}

// newer compares the versions of one object; etcd's are numbers.
func newer(a, b string) bool { return len(a) > len(b) || (len(a) == len(b) && a > b) }

func (d *directory) remove(obj any) {
	if t, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		obj = t.Obj
	}
	if o, ok := obj.(*unstructured.Unstructured); ok {
		d.drop(o.GetName(), string(o.GetUID()))
	}
}

func (d *directory) drop(name, uid string) {
	d.mu.Lock()
	before, known := d.users[name]
	known = known && before.UID == uid
	if known {
		delete(d.users, name)
	}
	d.mu.Unlock()
	if known {
		d.changed(&before, nil)
	}
}

func (d *directory) get(name string) (user, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.users[name]
	return u, ok
}

// list gives all users by name.
func (d *directory) list() []user {
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make([]user, 0, len(d.users))
	for _, u := range d.users {
		out = append(out, u)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (d *directory) create(ctx context.Context, u user) (user, error) {
	o, err := toObject(u)
	if err != nil {
		return user{}, err
	}
	made, err := d.resource().Create(ctx, o, metav1.CreateOptions{FieldManager: fieldManager})
	if apierrors.IsAlreadyExists(err) {
		return user{}, errs.New(errs.Conflict, "there is a user %s already", u.Name).WithHint("choose another name")
	}
	return d.took(made, err)
}

// update writes the spec of a user over the version that was read.
func (d *directory) update(ctx context.Context, u user) (user, error) {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": u.resourceVersion, "uid": u.UID},
		"spec":     map[string]any{"displayName": u.DisplayName, "email": u.Email, "groups": u.Groups, "disabled": u.Disabled},
	})
	if err != nil {
		return user{}, fmt.Errorf("write user %s as JSON: %w", u.Name, err)
	}
	made, err := d.resource().Patch(ctx, u.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
	if apierrors.IsConflict(err) {
		return user{}, errs.New(errs.Conflict, "user %s was changed by somebody else in this moment", u.Name).WithHint("look again and repeat the change")
	}
	return d.took(made, err)
}

// notePassword writes into the status that a password was set.
func (d *directory) notePassword(ctx context.Context, name string, at time.Time) error {
	patch := fmt.Appendf(nil, `{"status":{"passwordSet":true,"passwordChanged":%q}}`, at.UTC().Format(time.RFC3339))
	made, err := d.resource().Patch(ctx, name, types.MergePatchType, patch,
		metav1.PatchOptions{FieldManager: fieldManager}, "status")
	_, err = d.took(made, err)
	return err
}

func (d *directory) delete(ctx context.Context, u user) error {
	uid := u.uid()
	err := d.resource().Delete(ctx, u.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	d.drop(u.Name, u.UID)
	return nil
}

// took puts a written object into the directory at once, so that who wrote it reads it.
func (d *directory) took(o *unstructured.Unstructured, err error) (user, error) {
	if err != nil {
		return user{}, err
	}
	u, err := fromObject(o)
	if err == nil {
		d.set(u)
	}
	return u, err
}

func fromObject(o *unstructured.Unstructured) (user, error) {
	var v v1alpha1.User
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &v); err != nil {
		return user{}, err
	}
	return user{
		Name: v.Name, UID: string(v.UID), DisplayName: v.Spec.DisplayName, Email: v.Spec.Email, Groups: sortedGroups(v.Spec.Groups),
		Disabled: v.Spec.Disabled, PasswordSet: v.Status.PasswordSet, Created: v.CreationTimestamp.Time, resourceVersion: v.ResourceVersion,
	}, nil
}

// sortedGroups leaves out groups that nobody may have: a name of the system in a resource
// written past this package must not become a group of the system.
func sortedGroups(groups []string) []string {
	out := make([]string, 0, len(groups))
	for _, g := range groups {
		if checkName(g) == nil {
			out = append(out, g)
		}
	}
	sort.Strings(out)
	return out
}

func toObject(u user) (*unstructured.Unstructured, error) {
	v := v1alpha1.User{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.Group + "/v1alpha1", Kind: "User"},
		ObjectMeta: metav1.ObjectMeta{Name: u.Name},
		Spec:       v1alpha1.UserSpec{DisplayName: u.DisplayName, Email: u.Email, Groups: u.Groups, Disabled: u.Disabled},
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&v)
	if err != nil {
		return nil, fmt.Errorf("write user %s as an object: %w", u.Name, err)
	}
	return &unstructured.Unstructured{Object: content}, nil
}
