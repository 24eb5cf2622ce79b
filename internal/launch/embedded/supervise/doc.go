// Package supervise runs the embedded cluster's child processes: it starts them, starts them again when they die,
// bounds their log files and stops them in order.
//
// Every child runs in a session of its own, so that a Ctrl-C in the terminal reaches only the supervisor, and carries
// the environment variable KUBEMATE_INSTANCE. What a killed supervisor left behind is found by that variable, since it
// is inherited by grandchildren (containerd's shims) too and set before a pid is known; see internal/launch/hostjournal.
// A pid file per child (pid, start time, executable) tells other processes who is who.
//
// Start reading at supervisor.go.
package supervise
