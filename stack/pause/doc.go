// Command pause is the first process of every pod sandbox. It holds the pod's
// namespaces open, reaps processes that lost their parent (when the pod shares
// its process namespace), and ends at SIGTERM or SIGINT.
//
// There is one of it per pod, so it allocates nothing after its start and keeps
// the Go runtime to one processor.
package main
