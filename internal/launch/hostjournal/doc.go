// Package hostjournal remembers every change that Kubemate makes on the host, and undoes it.
//
// A change is recorded, on the disk, before it is made. So whatever happens, also a SIGKILL between the two, another
// process can open the journal and undo all that was or may have been done: undoing something that was never done, or
// that somebody else has undone, is no error. Entries are undone last first; what can't be undone stays in the journal
// and is tried again next time.
//
// Kinds of changes:
//
//	process   processes that carry the instance's mark in their environment
//	cgroup    a cgroup in every hierarchy, with everything that runs in it
//	mount     everything mounted at or below a folder
//	link      a network interface
//	nft       an nftables table
//	iptables  an iptables chain (CNI's port mapping) and the rules that lead to it, and tables that it left empty
//	sysctl    a kernel setting, with its former value
//	module    a kernel module that was loaded
//	path      a folder outside of the data folder, emptied of what matches our patterns
//
// Start reading at journal.go; undo_<kind>.go has one kind each.
package hostjournal
