// Package fault makes a role of the demo bank misbehave on demand, while it
// runs: latency, errors, CPU burn, a memory leak, mismatched amounts, a crash
// loop.
//
// Invariants: a configuration with one mistake changes nothing, what was good
// before stays in force; the newest change wins, be it the file or the API;
// without a change nothing is restarted.
//
// Start reading at Set (the configuration), then Switch (one role's state),
// Board (all roles of a process), Watcher and Admin (the two ways in).
package fault
