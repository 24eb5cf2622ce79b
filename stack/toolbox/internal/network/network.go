// Package network has the tools that look names up (nslookup, dig), fetch over
// HTTP (curl, wget) and open plain connections (nc). None uses the C library:
// they see what the pod's own resolv.conf and hosts file say.
package network

import "kubemate.io/kubemate/stack/toolbox/internal/applet"

// Applets returns the tools of this package by name.
func Applets() map[string]applet.Func {
	return map[string]applet.Func{
		"curl": curl, "dig": dig, "nc": nc, "nslookup": nslookup, "wget": wget,
	}
}
