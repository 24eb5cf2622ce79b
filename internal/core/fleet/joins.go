package fleet

import (
	"context"
	"time"
)

// joinEvery bounds how often joins are computed while objects change.
const joinEvery = time.Second

// join writes cells of a derived field; rows that are not in cells get no value. Only rows
// whose cell differs count as changed.
func (s *store) join(id string, cells map[string]value) {
	col := s.fieldIndex(id)
	if col < 0 {
		return
	}
	s.mu.Lock()
	before := s.seq
	for slot := range s.rows {
		if s.rows[slot].uid == "" {
			continue
		}
		v, ok := cells[s.rowKey(int32(slot))] //nolint:gosec // slots fit
		if !ok {
			v = noValue()
		}
		if !s.cols[col].same(int32(slot), v) { //nolint:gosec // slots fit
			s.write(int32(slot), col, v) //nolint:gosec // slots fit
			s.changed(int32(slot))       //nolint:gosec // slots fit
		}
	}
	changed := s.seq != before
	s.mu.Unlock()
	if changed {
		s.listeners.tell()
	}
}

// rowKey is "namespace/name", or the name alone of a cluster-scoped kind.
func (s *store) rowKey(slot int32) string {
	if namespace := s.cols[namespaceField].text(slot); namespace != "" {
		return namespace + "/" + s.cols[nameField].text(slot)
	}
	return s.cols[nameField].text(slot)
}

// runJoins fills the columns of one kind that are computed from another.
func (c *cache) runJoins(ctx context.Context) {
	signals := make(chan struct{}, 1)
	for _, resource := range []string{"pods", "nodes", "namespaces", "services", "endpointslices.discovery.k8s.io"} {
		m := c.running(resource)
		if m == nil {
			continue
		}
		signal, stop := m.store.listeners.listen()
		defer stop()
		c.fleet.spawn(func(ctx context.Context) { forward(ctx, signal, signals) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		c.joinPods()
		c.joinEndpoints()
		timer := c.fleet.clock.NewTimer(joinEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
	}
}

func forward(ctx context.Context, from <-chan struct{}, to chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-from:
		}
		select {
		case to <- struct{}{}:
		default:
		}
	}
}

// sums is what the pods of one node or namespace add up to.
type sums struct{ pods, cpu, memory, usedCPU, usedMemory int64 }

func (t *sums) add(cell func(id string) int64) {
	t.pods++
	t.cpu += cell("cpuRequest")
	t.memory += cell("memoryRequest")
	t.usedCPU += cell("cpu")
	t.usedMemory += cell("memory")
}

// joinPods counts the pods that hold resources (not the finished ones) per node and namespace.
func (c *cache) joinPods() {
	pods, nodes, namespaces := c.running("pods"), c.running("nodes"), c.running("namespaces")
	if pods == nil || nodes == nil || namespaces == nil {
		return
	}
	byNode, byNamespace := pods.store.sumPods()
	cells := func(of map[string]*sums, take func(*sums) value) map[string]value {
		out := make(map[string]value, len(of))
		for k, t := range of {
			out[k] = take(t)
		}
		return out
	}
	count := func(t *sums) value { return intValue(t.pods) }
	nodes.store.join("pods", cells(byNode, count))
	nodes.store.join("cpuRequested", cells(byNode, func(t *sums) value { return plainValue(t.cpu) }))
	nodes.store.join("memoryRequested", cells(byNode, func(t *sums) value { return plainValue(t.memory) }))
	namespaces.store.join("pods", cells(byNamespace, count))
	namespaces.store.join("cpu", cells(byNamespace, func(t *sums) value { return someValue(t.usedCPU) }))
	namespaces.store.join("memory", cells(byNamespace, func(t *sums) value { return someValue(t.usedMemory) }))
}

// someValue is no value for nothing: usage that is not measured is not zero.
func someValue(n int64) value {
	if n == 0 {
		return noValue()
	}
	return plainValue(n)
}

func (s *store) sumPods() (byNode, byNamespace map[string]*sums) {
	byNode, byNamespace = map[string]*sums{}, map[string]*sums{}
	index := map[string]int{}
	for _, id := range []string{"node", "phase", "cpuRequest", "memoryRequest", "cpu", "memory"} {
		index[id] = s.fieldIndex(id)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range s.rows {
		slot := int32(i) //nolint:gosec // slots fit
		phase := s.cols[index["phase"]].text(slot)
		if s.rows[i].uid == "" || phase == "Succeeded" || phase == "Failed" {
			continue
		}
		cell := func(id string) int64 { return max(s.cols[index[id]].cells[slot], 0) }
		into(byNamespace, s.cols[namespaceField].text(slot)).add(cell)
		if node := s.cols[index["node"]].text(slot); node != "" {
			into(byNode, node).add(cell)
		}
	}
	return byNode, byNamespace
}

func into(m map[string]*sums, key string) *sums {
	t := m[key]
	if t == nil {
		t = &sums{}
		m[key] = t
	}
	return t
}

// joinEndpoints adds up the endpoint slices of each service.
func (c *cache) joinEndpoints() {
	slices, services := c.running("endpointslices.discovery.k8s.io"), c.running("services")
	if slices == nil || services == nil {
		return
	}
	s := slices.store
	service, ready := s.fieldIndex("service"), s.fieldIndex("ready")
	totals := map[string][2]int32{}
	s.mu.RLock()
	for i := range s.rows {
		slot := int32(i) //nolint:gosec // slots fit
		if s.rows[i].uid == "" || s.cols[ready].cells[slot] == null {
			continue
		}
		key := s.cols[namespaceField].text(slot) + "/" + s.cols[service].text(slot)
		n, of := splitFraction(s.cols[ready].cells[slot])
		totals[key] = [2]int32{totals[key][0] + n, totals[key][1] + of}
	}
	s.mu.RUnlock()
	cells := make(map[string]value, len(totals))
	for key, t := range totals {
		cells[key] = fractionValue(t[0], t[1])
	}
	services.store.join("endpoints", cells)
}
