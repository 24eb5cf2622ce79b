// Command toolbox is one static program that holds the small Unix tools which a
// person expects in a container: a shell, tar (that copying files needs), text
// and process tools, a DNS and an HTTP client. It is called by the name of a
// tool (`/bin/ls` being a link to it), or as `toolbox TOOL ARGUMENTS`.
//
// Everything in it is Go under permissive licences, resolves names without the
// C library, and runs from an empty image as any user on a read-only root.
// `toolbox --list` prints the tools, `toolbox --install DIR` links them.
package main
