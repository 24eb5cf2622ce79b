// Package cli is the command line of Kubemate: the console's work, for a shell.
//
// Invariants: it is a client of the public API and of nothing else; what it prints on standard
// output can be read by programs (-o json, yaml, name), remarks go to standard error; an error
// is one line that names the thing and says what to do, and has a documented exit code;
// passwords and tokens are never arguments, and never printed. Start reading at commands.go.
package cli
