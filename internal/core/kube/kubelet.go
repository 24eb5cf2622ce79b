package kube

import (
	"regexp"

	"kubemate.io/kubemate/internal/core/errs"
)

// kubeletDial is what an API server says when it cannot reach the kubelet for logs, exec or
// port-forward: `Get "https://10.0.0.3:10250/containerLogs/…": dial tcp 10.0.0.3:10250: connect:
// connection refused`, or `error dialing backend: dial tcp 10.0.0.3:10250: i/o timeout`.
var kubeletDial = regexp.MustCompile(`(?:/(?:containerLogs|exec|attach|portForward)/[^ ]*|error dialing backend): dial tcp ([0-9a-fA-F.:\[\]]+:\d+): `)

// kubeletProblem tells an unreachable kubelet from an API server in trouble; nil for anything else.
func kubeletProblem(message string) *errs.Error {
	match := kubeletDial.FindStringSubmatch(message)
	if match == nil {
		return nil
	}
	return errs.New(errs.Unavailable, "the kubelet of the pod's node does not answer (%s)", match[1]).
		WithHint("look at the node: it may be down or cut off; a simulated node runs no containers, so that there is no log and no shell")
}
