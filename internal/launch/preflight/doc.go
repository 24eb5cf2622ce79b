// Package preflight looks, before anything is changed, whether this machine can run the embedded cluster, and says for
// everything that is missing what is wrong and what to do.
//
//	report := preflight.Run(ctx, preflight.Options{DataDir: dir, Ports: …})
//	if !report.OK() { report.WriteText(os.Stderr) }   // json.Marshal(report) for machines
//
// A finding of severity error stops the start; a warning is shown and the start goes on. The checks look at the machine
// only through the Host interface, so that tests can show them any machine. Those that try a kernel feature do so in
// namespaces of their own, which leave nothing behind.
//
// Start reading at run.go; check_<what>.go has a group each.
package preflight
