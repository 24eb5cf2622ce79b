package kube

import (
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kubemate.io/kubemate/internal/core/errs"
)

func TestKubeletThatDoesNotAnswerIsNamed(t *testing.T) {
	ref := Ref{Cluster: "local", Resource: "pods", Namespace: "bank", Name: "teller-0"}
	for name, err := range map[string]error{
		"logs":      apierrors.NewInternalError(errors.New(`Get "https://127.0.0.1:10250/containerLogs/bank/teller-0/teller?timestamps=true": dial tcp 127.0.0.1:10250: connect: connection refused`)),
		"exec":      errors.New(`websocket: bad handshake (500 Internal Server Error): error dialing backend: dial tcp 127.0.0.1:10250: connect: connection refused`),
		"over IPv6": apierrors.NewInternalError(errors.New(`error dialing backend: dial tcp [fd00::3]:10250: i/o timeout`)),
	} {
		var known *errs.Error
		if !errors.As(FromKube(err, ref), &known) {
			t.Fatalf("%s: no error for users", name)
		}
		if known.Kind != errs.Unavailable || !strings.Contains(known.Message, "kubelet of the pod's node does not answer") || !strings.Contains(known.Hint, "simulated node") {
			t.Errorf("%s: %+v", name, known)
		}
		if !strings.Contains(known.Object, "teller-0") {
			t.Errorf("%s: object %q", name, known.Object)
		}
	}
	for _, other := range []string{"dial tcp 10.0.0.1:6443: connect: connection refused", `Get "https://x/api/v1/pods": dial tcp 10.0.0.1:6443: connect: connection refused`, ""} {
		if e := kubeletProblem(other); e != nil {
			t.Errorf("%q: %v", other, e)
		}
	}
}
