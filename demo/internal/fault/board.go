package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Board is the switches of all roles that a process runs.
type Board struct {
	known []string // every role that a configuration may name
	mu    sync.Mutex
	roles map[string]*Switch
}

// NewBoard makes a board; known lists every role of the bank.
func NewBoard(known []string) *Board {
	return &Board{known: known, roles: map[string]*Switch{}}
}

// Add puts a role's switch on the board.
func (b *Board) Add(role string, s *Switch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roles[role] = s
}

// Apply gives every role of this process its part of the set. Roles that the
// set leaves out are switched off; those of other processes are not looked at.
func (b *Board) Apply(set Set, source string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for role, s := range b.roles {
		s.Apply(set[role], source)
	}
}

// State is one role's part of the board's answer.
type State struct {
	Faults Spec   `json:"faults"`
	Source string `json:"source,omitempty"` // "file" or "api"; empty if never set
}

// Current gives the state of every role of this process.
func (b *Board) Current() map[string]State {
	b.mu.Lock()
	defer b.mu.Unlock()
	states := make(map[string]State, len(b.roles))
	for role, s := range b.roles {
		spec, source := s.Current()
		states[role] = State{Faults: spec, Source: source}
	}
	return states
}

// hosts refuses a set that names roles of other processes.
func (b *Board) hosts(set Set) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	here := []string{}
	for role := range b.roles {
		here = append(here, role)
	}
	slices.Sort(here)
	for role := range set {
		if _, ok := b.roles[role]; !ok {
			return fmt.Errorf("role %s does not run in this process, which runs %s", role, strings.Join(here, ", "))
		}
	}
	return nil
}
