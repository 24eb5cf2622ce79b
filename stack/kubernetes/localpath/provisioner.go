package localpath

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// Name is the provisioner's name in storage classes.
const Name = "kubemate.io/local-path"

type provisioner struct {
	client  kubernetes.Interface
	claims  corelisters.PersistentVolumeClaimLister
	volumes corelisters.PersistentVolumeLister
	classes storagelisters.StorageClassLister
	events  record.EventRecorder
	root    *os.Root
}

// item is a claim (namespace and name) or a volume (name alone) to look at.
type item struct{ namespace, name string }

// Run provisions into dir until ctx ends.
func Run(ctx context.Context, cfg *rest.Config, dir string) error {
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return err
	}
	return RunWithClient(ctx, client, dir)
}

// RunWithClient is Run with a client that the caller made.
func RunWithClient(ctx context.Context, client kubernetes.Interface, dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return fmt.Errorf("volume folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("volume folder: %w", err)
	}
	defer func() { _ = root.Close() }()

	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})

	factory := informers.NewSharedInformerFactory(client, 0)
	p := &provisioner{
		client:  client,
		claims:  factory.Core().V1().PersistentVolumeClaims().Lister(),
		volumes: factory.Core().V1().PersistentVolumes().Lister(),
		classes: factory.Storage().V1().StorageClasses().Lister(),
		events:  broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: Name}),
		root:    root,
	}
	queue := workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[item](200*time.Millisecond, 2*time.Minute))
	if err := p.watch(factory, queue); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	for kind, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok && ctx.Err() == nil {
			return fmt.Errorf("cache of %s did not fill", kind)
		}
	}
	p.work(ctx, queue)
	return nil
}

func (p *provisioner) watch(factory informers.SharedInformerFactory, queue workqueue.TypedRateLimitingInterface[item]) error {
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { enqueue(queue, obj) },
		UpdateFunc: func(_, obj any) { enqueue(queue, obj) },
	}
	_, err1 := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(handler)
	_, err2 := factory.Core().V1().PersistentVolumes().Informer().AddEventHandler(handler)
	// A class that appears late must wake the claims that wait for it; the classes' informer alone would not.
	_, err3 := factory.Storage().V1().StorageClasses().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { p.enqueueAllClaims(queue) },
	})
	return errors.Join(err1, err2, err3)
}

func enqueue(queue workqueue.TypedRateLimitingInterface[item], obj any) {
	switch o := obj.(type) {
	case *corev1.PersistentVolumeClaim:
		queue.Add(item{o.Namespace, o.Name})
	case *corev1.PersistentVolume:
		queue.Add(item{"", o.Name})
	}
}

func (p *provisioner) enqueueAllClaims(queue workqueue.TypedRateLimitingInterface[item]) {
	claims, err := p.claims.List(everything)
	if err != nil {
		return // a lister over a cache has no errors
	}
	for _, c := range claims {
		queue.Add(item{c.Namespace, c.Name})
	}
}

// work runs one worker, since volumes are rare and folders are made in microseconds.
func (p *provisioner) work(ctx context.Context, queue workqueue.TypedRateLimitingInterface[item]) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		<-ctx.Done()
		queue.ShutDown()
	})
	for {
		it, shutdown := queue.Get()
		if shutdown {
			return
		}
		err := p.sync(ctx, it)
		if err == nil || ctx.Err() != nil {
			queue.Forget(it)
		} else {
			klog.FromContext(ctx).Error(err, "volume not in order yet", "namespace", it.namespace, "name", it.name)
			queue.AddRateLimited(it)
		}
		queue.Done(it)
	}
}

func (p *provisioner) sync(ctx context.Context, it item) error {
	if it.namespace != "" {
		return p.syncClaim(ctx, it)
	}
	return p.syncVolume(ctx, it.name)
}

func (p *provisioner) path(volume string) string { return filepath.Join(p.root.Name(), volume) }
