package settlement

import (
	"sync"

	"kubemate.io/kubemate/demo/internal/bank"
)

// kept is the number of latest settlements remembered.
const kept = 5000

// records remembers the latest settlements by transfer.
type records struct {
	mu    sync.RWMutex
	order []string // transfer IDs, oldest first
	byID  map[string]bank.Settlement
}

func newRecords() *records { return &records{byID: map[string]bank.Settlement{}} }

// add remembers a settlement, unless its transfer is known already.
func (r *records) add(s bank.Settlement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.byID[s.TransferID]; known {
		return
	}
	r.byID[s.TransferID] = s
	r.order = append(r.order, s.TransferID)
	if len(r.order) > kept {
		delete(r.byID, r.order[0])
		r.order = r.order[1:]
	}
}

func (r *records) get(transferID string) (bank.Settlement, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.byID[transferID]
	return s, ok
}
