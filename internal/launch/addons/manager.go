package addons

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// fieldManager owns the fields that Kubemate applies.
const fieldManager = "kubemate"

// Images says under which full name the cluster pulls an image. *bundle.Bundle does.
type Images interface {
	Reference(registry, name string) (string, error)
}

// Options of a Manager.
type Options struct {
	// Config is a cluster administrator's.
	Config *rest.Config
	// Images and Registry are needed by Apply, not by the rest.
	Images   Images
	Registry string // as localhost:5050
	// Addons to install; nil is All().
	Addons []string
	Values Values
	// Now may be nil.
	Now func() time.Time
	// Logger may be nil.
	Logger *slog.Logger
}

// Manager installs addons and tells how they are.
type Manager struct {
	options Options
	client  dynamic.Interface
}

// callTimeout bounds one call to the API server.
const callTimeout = 15 * time.Second

// New returns a manager; it does not call the cluster yet.
func New(o Options) (*Manager, error) {
	if o.Addons == nil {
		o.Addons = All()
	}
	for _, name := range o.Addons {
		if !slices.Contains(All(), name) {
			return nil, fmt.Errorf("there is no addon %q: there are %v", name, All())
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Values = o.Values.withDefaults()
	config := rest.CopyConfig(o.Config)
	config.Timeout = callTimeout
	// Some sixty objects at once, on a start that should be quick.
	config.QPS, config.Burst = 100, 200
	c, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Manager{options: o, client: c}, nil
}

// Apply installs the addons. progress is told each addon's name and may be nil.
// It returns when the objects are written; Wait waits for the pods.
func (m *Manager) Apply(ctx context.Context, progress func(addon string)) error {
	if err := m.ensureNamespace(ctx); err != nil {
		return err
	}
	for _, name := range m.options.Addons {
		if progress != nil {
			progress(name)
		}
		if err := m.apply(ctx, name); err != nil {
			return fmt.Errorf("addon %s: %w", name, err)
		}
	}
	return nil
}

// ensureNamespace only creates it: its fields belong to whoever applies them.
func (m *Manager) ensureNamespace(ctx context.Context) error {
	return retry(ctx, func() error {
		o := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{"name": Namespace, "labels": map[string]any{managedByLabel: managedBy}},
		}}
		_, err := m.client.Resource(namespaces).Create(ctx, o, metav1.CreateOptions{FieldManager: fieldManager})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create namespace %s: %w", Namespace, err)
		}
		return nil
	})
}

func (m *Manager) apply(ctx context.Context, name string) error {
	objects, err := m.objects(ctx, name)
	if err != nil {
		return err
	}
	digest, err := digestOf(objects)
	if err != nil {
		return err
	}
	var former inventory
	if err := retry(ctx, func() (err error) {
		former, err = readInventory(ctx, m.client, name)
		return err
	}); err != nil {
		return err
	}
	if former.Digest == digest {
		return m.restoreMissing(ctx, name, objects)
	}
	return m.applyAll(ctx, name, objects, former, digest)
}

// objects renders an addon for this cluster.
func (m *Manager) objects(ctx context.Context, name string) ([]*unstructured.Unstructured, error) {
	image, err := m.options.Images.Reference(m.options.Registry, name)
	if err != nil {
		return nil, err
	}
	objects, err := render(name, image, m.options.Values)
	if err != nil {
		return nil, err
	}
	if name == MetricsServer {
		err = m.addServingCertificate(ctx, objects)
	}
	return objects, err
}

func (m *Manager) applyAll(ctx context.Context, name string, objects []*unstructured.Unstructured, former inventory, digest string) error {
	var ids []id
	for _, o := range objects {
		ids = append(ids, idOf(o))
	}
	// Before the first object: whatever happens next, none is forgotten.
	if err := (inventory{Objects: union(former.Objects, ids)}).write(ctx, m.client, name); err != nil {
		return err
	}
	for _, o := range objects {
		if err := m.applyObject(ctx, o); err != nil {
			return err
		}
	}
	if err := m.prune(ctx, name, former.Objects, ids); err != nil {
		return err
	}
	return inventory{Digest: digest, Objects: ids}.write(ctx, m.client, name)
}

func (m *Manager) applyObject(ctx context.Context, o *unstructured.Unstructured) error {
	c, err := client(m.client, o.GroupVersionKind(), o.GetNamespace())
	if err != nil {
		return err
	}
	err = retry(ctx, func() error {
		_, err := c.Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
		return err
	})
	if err != nil {
		return fmt.Errorf("apply %s: %w", describe(o), err)
	}
	return nil
}

// restoreMissing writes back what somebody deleted and leaves the rest as it is.
func (m *Manager) restoreMissing(ctx context.Context, name string, objects []*unstructured.Unstructured) error {
	for _, o := range objects {
		c, err := client(m.client, o.GroupVersionKind(), o.GetNamespace())
		if err != nil {
			return err
		}
		err = retry(ctx, func() error {
			_, err := c.Get(ctx, o.GetName(), metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				m.options.Logger.Info("an object of an addon was missing and is restored", "addon", name, "object", describe(o))
				return m.applyObject(ctx, o)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("look at %s: %w", describe(o), err)
		}
	}
	return nil
}
