// Package localpath provisions volumes of the storage class local-path: one folder per claim on this machine.
//
// A claim is served once the scheduler has chosen its node (WaitForFirstConsumer), with a persistent volume of type
// "local" that is bound to that node. When the volume is released and its reclaim policy is Delete, the folder goes
// first and the volume object after it, so that a crash in between only repeats the removal. Folders are only ever
// reached through an os.Root of the volume folder: no name and no symbolic link leads out of it.
//
// Sizes are not enforced: a plain folder has no quota.
//
// Start reading at provisioner.go.
package localpath
