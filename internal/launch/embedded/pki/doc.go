// Package pki makes and renews the certificates and keys of the embedded cluster.
//
// Two authorities, each good for ten years: ca signs the API server, the kubelet and every client, front-proxy-ca signs
// the one identity that the API server shows to aggregated APIs. Leaves are good for one year and are made anew by
// Ensure when less than a third of their life is left, when their authority changed, or when what is asked of them (name,
// groups, addresses) changed. Besides: the key pair of service-account tokens and the key that encrypts Secrets in etcd;
// those two are never replaced, since what they made would be lost.
//
// Keys are ECDSA P-256; files of keys have mode 0600 and appear by a rename.
//
// Start reading at ensure.go.
package pki
