package kube

import (
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
)

func TestRefCheck(t *testing.T) {
	for _, name := range []string{"", "teller", "teller-0.bank", "system:node", "a_b", "名字", "...", "A B", "..a"} {
		if err := (Ref{Resource: "pods", Namespace: "bank", Name: name}).Check(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{".", "..", "a/b", "../secrets/x", "%2e%2e", "a%2fb", "/", "%"} {
		for what, ref := range map[string]Ref{"name": {Name: name}, "namespace": {Namespace: name, Name: "a"}} {
			if err := ref.Check(); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
}
