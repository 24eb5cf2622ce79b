package jobs

// Stats are the figures of this process's share of the jobs, for those who run Kubemate.
type Stats struct {
	Running map[string]int     // by type
	Ended   map[Outcome]uint64 // since the process began
}

// Outcome is how a job of a type ended: succeeded, failed or cancelled.
type Outcome struct {
	Type  string
	Phase Phase
}

// otherType stands for types that this version does not know.
const otherType = "other"

// Stats gives the figures; every type that is known has all of them from the start.
func (m *Manager) Stats() Stats {
	s := Stats{Running: map[string]int{}, Ended: map[Outcome]uint64{}}
	for kind := range m.handlers {
		s.Running[kind] = 0
		for _, p := range []Phase{Succeeded, Failed, Cancelled} {
			s.Ended[Outcome{kind, p}] = 0
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.active {
		s.Running[m.knownType(r.rec.Type)]++
	}
	for o, n := range m.ended {
		s.Ended[o] = n
	}
	return s
}

func (m *Manager) noteEnd(kind string, p Phase) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[Outcome{m.knownType(kind), p}]++
}

func (m *Manager) knownType(kind string) string {
	if m.handlers[kind] == nil {
		return otherType
	}
	return kind
}
