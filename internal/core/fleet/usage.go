package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"kubemate.io/kubemate/internal/core/kube"
)

const (
	usageEvery  = 15 * time.Second // metrics-server measures no more often
	usageNeeded = time.Minute      // how long a look keeps the polling alive
	usageWithin = 10 * time.Second
)

// usage polls metrics.k8s.io while somebody looks at pods, nodes or namespaces, and fills
// their cpu and memory columns. Without that API the cells have no value.
type usage struct {
	cache *cache
	used  atomic.Int64 // Unix seconds of the last look
	wake  chan struct{}
}

func (u *usage) need() {
	before := u.used.Swap(u.cache.fleet.clock.Now().Unix())
	if u.cache.fleet.clock.Now().Unix()-before >= int64(usageNeeded/time.Second) && u.wake != nil {
		select {
		case u.wake <- struct{}{}:
		default:
		}
	}
}

func (u *usage) run(ctx context.Context) {
	for {
		if u.needed() {
			u.poll(ctx)
		}
		timer := u.cache.fleet.clock.NewTimer(usageEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		case <-u.wake:
			timer.Stop()
		}
	}
}

func (u *usage) needed() bool {
	return u.cache.fleet.clock.Now().Unix()-u.used.Load() < int64(usageNeeded/time.Second)
}

// sample is what both kinds of metrics.k8s.io have in common.
type sample struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Usage      amounts `json:"usage"`
	Containers []struct {
		Usage amounts `json:"usage"`
	} `json:"containers"`
}

type amounts struct {
	CPU    string `json:"cpu"`
	Memory string `json:"memory"`
}

func (u *usage) poll(ctx context.Context) {
	for _, resource := range []string{"pods", "nodes"} {
		m := u.cache.running(resource)
		if m == nil {
			continue
		}
		cpu, memory, err := u.fetch(ctx, resource)
		if err != nil {
			u.cache.log.Debug("usage is not available", "resource", resource, "error", err)
		}
		m.store.join("cpu", cpu)
		m.store.join("memory", memory)
	}
}

// fetch reads one kind, sample by sample: the answer for 50,000 pods is large.
func (u *usage) fetch(ctx context.Context, plural string) (cpu, memory map[string]value, err error) {
	ctx, cancel := context.WithTimeout(ctx, usageWithin)
	defer cancel()
	body, err := u.cache.cluster.System().Discovery.RESTClient().Get().
		AbsPath("/apis/metrics.k8s.io/v1beta1", plural).MaxRetries(0).Stream(ctx)
	if err != nil {
		return nil, nil, kube.FromKube(err, kube.Ref{Cluster: u.cache.cluster.Name(), Resource: plural + ".metrics.k8s.io"})
	}
	defer func() { _ = body.Close() }()
	cpu, memory = map[string]value{}, map[string]value{}
	err = eachItem(json.NewDecoder(body), func(s *sample) {
		key := s.Metadata.Name
		if s.Metadata.Namespace != "" {
			key = s.Metadata.Namespace + "/" + key
		}
		c, m := s.total()
		cpu[key], memory[key] = plainValue(c), plainValue(m)
	})
	return cpu, memory, err
}

// total adds up millicores and bytes.
func (s *sample) total() (cpu, memory int64) {
	cpu, memory = s.Usage.parse()
	for i := range s.Containers {
		c, m := s.Containers[i].Usage.parse()
		cpu, memory = cpu+c, memory+m
	}
	return cpu, memory
}

func (a amounts) parse() (cpu, memory int64) {
	if q, err := resource.ParseQuantity(a.CPU); err == nil {
		cpu = q.MilliValue()
	}
	if q, err := resource.ParseQuantity(a.Memory); err == nil {
		memory = q.Value()
	}
	return cpu, memory
}

// eachItem walks to the member "items" of a list and decodes its elements one by one.
func eachItem(d *json.Decoder, look func(*sample)) error {
	depth := 0
	for {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("read metrics: %w", err)
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 1 && t == "items" {
			break
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("read metrics: %w", err)
	}
	for d.More() {
		var s sample
		if err := d.Decode(&s); err != nil {
			return fmt.Errorf("read metrics: %w", err)
		}
		look(&s)
	}
	return nil
}
