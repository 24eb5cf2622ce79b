package cli

import (
	"context"
	"net/http"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

// parallelGets is how many objects are read at once.
const parallelGets = 8

func (inv *invocation) sinceUnix(seconds int64) time.Duration {
	return inv.now().Sub(time.Unix(seconds, 0))
}

// detail reads one object.
func (inv *invocation) detail(ctx context.Context, o object) (*resources.ObjectDetail, error) {
	var d resources.ObjectDetail
	if err := inv.client.Call(ctx, http.MethodGet, o.path(), nil, nil, &d); err != nil {
		return nil, err
	}
	return &d, nil
}

// printNamed prints named objects as json or yaml: one as it is, several as a List.
func (l *listing) printNamed(ctx context.Context, inv *invocation, objects []object) error {
	if len(objects) > 1 {
		return l.printWhole(ctx, inv, objects)
	}
	d, err := inv.detail(ctx, objects[0])
	if err != nil {
		return err
	}
	return inv.printObject(d.Object)
}

// printWhole reads and prints objects as a List. Objects deleted meanwhile are left out.
func (l *listing) printWhole(ctx context.Context, inv *invocation, objects []object) error {
	found := make([]map[string]any, len(objects))
	failed := make([]error, len(objects))
	turns := make(chan struct{}, parallelGets)
	var wg sync.WaitGroup
	for i, o := range objects {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			d, err := inv.detail(ctx, o)
			if err != nil {
				failed[i] = err
				return
			}
			found[i] = d.Object
		})
	}
	wg.Wait()
	list := make([]map[string]any, 0, len(found))
	for i := range found {
		switch {
		case found[i] != nil:
			list = append(list, found[i])
		case errs.KindOf(failed[i]) != errs.NotFound:
			return failed[i]
		}
	}
	return inv.printObject(map[string]any{"apiVersion": "v1", "kind": "List", "items": list})
}
