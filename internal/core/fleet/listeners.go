package fleet

import "sync"

// listeners are told that something changed; a signal that was not taken yet stands for
// everything since.
type listeners struct {
	mu  sync.Mutex
	all map[chan struct{}]struct{}
}

// listen gives a channel of capacity one, and a function that ends it.
func (l *listeners) listen() (signal <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[chan struct{}]struct{}{}
	}
	l.all[c] = struct{}{}
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, c)
	}
}

func (l *listeners) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.all {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (l *listeners) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all) > 0
}
