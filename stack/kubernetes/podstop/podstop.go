// Package podstop ends and removes all pods of a container runtime, for a node that shuts down.
package podstop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// parallel pods are stopped at a time: most of the time is spent waiting for them.
const parallel = 16

// Runtime is the part of the container runtime's interface that is needed.
type Runtime interface {
	ListContainers(ctx context.Context, filter *cri.ContainerFilter) ([]*cri.Container, error)
	StopContainer(ctx context.Context, containerID string, timeout int64) error
	ListPodSandbox(ctx context.Context, filter *cri.PodSandboxFilter) ([]*cri.PodSandbox, error)
	StopPodSandbox(ctx context.Context, podSandboxID string) error
	RemovePodSandbox(ctx context.Context, podSandboxID string) error
}

// All stops every container with SIGTERM and, after grace, SIGKILL, and removes every pod with its network. It goes on
// after an error; the errors are joined.
func All(ctx context.Context, runtime Runtime, grace time.Duration) error {
	running := &cri.ContainerFilter{State: &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}}
	containers, err := runtime.ListContainers(ctx, running)
	if err != nil {
		return fmt.Errorf("list containers: %w", err)
	}
	errs := each(containers, func(c *cri.Container) error {
		if err := runtime.StopContainer(ctx, c.Id, int64(grace.Seconds())); err != nil {
			return fmt.Errorf("stop container %s: %w", c.Metadata.GetName(), err)
		}
		return nil
	})
	sandboxes, err := runtime.ListPodSandbox(ctx, nil)
	if err != nil {
		return errors.Join(errs, fmt.Errorf("list pods: %w", err))
	}
	return errors.Join(errs, each(sandboxes, func(s *cri.PodSandbox) error {
		err := runtime.StopPodSandbox(ctx, s.Id)
		if err == nil {
			err = runtime.RemovePodSandbox(ctx, s.Id)
		}
		if err != nil {
			return fmt.Errorf("remove pod %s/%s: %w", s.Metadata.GetNamespace(), s.Metadata.GetName(), err)
		}
		return nil
	}))
}

// each calls do for every item, some at a time, and joins the errors.
func each[T any](items []T, do func(T) error) error {
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallel)
	errs := make([]error, len(items))
	for i, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = do(item)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
