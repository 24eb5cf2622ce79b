package kube

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"kubemate.io/kubemate/internal/core/errs"
)

var pods = schema.GroupResource{Resource: "pods"}

func TestFromKube(t *testing.T) {
	dial := &url.Error{Op: "Get", URL: "https://10.0.0.1:6443/api?token=s3cret", Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}
	quota := apierrors.NewForbidden(pods, "a", errors.New("exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2"))
	rbac := apierrors.NewForbidden(pods, "a", errors.New(`User "kubemate:eve" cannot get resource "pods" in API group "" in the namespace "x"`))
	budget := apierrors.NewTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0)
	budget.ErrStatus.Details.Causes = append(budget.ErrStatus.Details.Causes,
		metav1.StatusCause{Type: "DisruptionBudget", Message: "The disruption budget teller needs 2 healthy pods and has 2 currently"})
	webhook := apierrors.NewInternalError(errors.New(`failed calling webhook "check.example.io": no endpoints`))
	webhook.ErrStatus.Reason = ""
	invalid := apierrors.NewInvalid(schema.GroupKind{Kind: "Pod"}, "a",
		field.ErrorList{field.Required(field.NewPath("spec", "containers"), "")})

	cases := map[string]struct {
		err    error
		kind   errs.Kind
		says   string // part of the message
		hint   string // part of the hint
		object string
	}{
		"not found":      {apierrors.NewNotFound(pods, "a"), errs.NotFound, `pods "a" not found`, "deleted", "pods a"},
		"exists":         {apierrors.NewAlreadyExists(pods, "a"), errs.Conflict, "already exists", "another name", "pods a"},
		"stale":          {apierrors.NewConflict(pods, "a", errors.New("modified")), errs.Conflict, "modified", "again", "pods a"},
		"no right":       {rbac, errs.Forbidden, "cannot get", "role", "pods a"},
		"quota":          {quota, errs.Unprocessable, "exceeded quota", "ResourceQuota", "pods a"},
		"invalid":        {invalid, errs.Unprocessable, "spec.containers", "fields", "Pod a"},
		"credentials":    {apierrors.NewUnauthorized("x"), errs.Unavailable, "credentials", "renew", ""},
		"busy":           {apierrors.NewTooManyRequests("slow down", 7), errs.TooMany, "slow down", "7 s", ""},
		"budget":         {budget, errs.TooMany, "needs 2 healthy", "PodDisruptionBudget", ""},
		"webhook":        {webhook, errs.BadUpstream, "no endpoints", "check.example.io", ""},
		"expired":        {apierrors.NewResourceExpired("too old"), errs.Gone, "too old", "again", ""},
		"server timeout": {apierrors.NewServerTimeout(pods, "list", 1), errs.Timeout, "in time", "load", ""},
		"unavailable":    {apierrors.NewServiceUnavailable("stopping"), errs.Unavailable, "stopping", "moment", ""},
		"refused":        {dial, errs.Unavailable, "10.0.0.1:6443", "address", ""},
		"unknown CA":     {&url.Error{Err: x509.UnknownAuthorityError{}}, errs.Unavailable, "unknown authority", "CA", ""},
		"expired cert":   {&url.Error{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, errs.Unavailable, "expired", "clocks", ""},
		"no DNS":         {&url.Error{Err: &net.DNSError{Name: "api.example"}}, errs.Unavailable, "api.example", "DNS", ""},
		"deadline":       {fmt.Errorf("get: %w", context.DeadlineExceeded), errs.Timeout, "in time", "again", ""},
		"half":           {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), errs.BadUpstream, "middle", "again", ""},
		"garbage":        {errors.New("invalid character"), errs.BadUpstream, "understood", "address", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var e *errs.Error
			if !errors.As(FromKube(c.err), &e) {
				t.Fatalf("FromKube gave no *errs.Error")
			}
			if e.Kind != c.kind || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Hint, c.hint) || e.Object != c.object {
				t.Errorf("got kind %q, message %q, hint %q, object %q", e.Kind, e.Message, e.Hint, e.Object)
			}
			if strings.Contains(e.Message, "s3cret") {
				t.Errorf("the message shows a secret: %q", e.Message)
			}
			if !errors.Is(e, c.err) {
				t.Errorf("the cause is lost")
			}
		})
	}
}

func TestFromKubeNamesTheObject(t *testing.T) {
	var e *errs.Error
	err := FromKube(io.ErrUnexpectedEOF, Ref{Cluster: "local", Resource: "pods", Namespace: "bank", Name: "teller"})
	if !errors.As(err, &e) || e.Object != "pods bank/teller" || e.Extra["cluster"] != "local" {
		t.Fatalf("got %+v", e)
	}
}

func TestFromKubePasses(t *testing.T) {
	own := errs.New(errs.Gone, "gone")
	if got := FromKube(own); !errors.Is(got, own) {
		t.Errorf("an *errs.Error was changed to %v", got)
	}
	if FromKube(nil) != nil {
		t.Error("nil became an error")
	}
	if got := FromKube(context.Canceled); !errors.Is(got, context.Canceled) {
		t.Errorf("a cancelled call became %v", got)
	}
}

func TestFromKubeKeepsFieldsAndRetry(t *testing.T) {
	invalid := apierrors.NewInvalid(schema.GroupKind{Kind: "Pod"}, "a", field.ErrorList{field.Required(field.NewPath("spec"), "")})
	var e *errs.Error
	if !errors.As(FromKube(invalid), &e) || len(e.Fields) != 1 || e.Fields[0].Path != "spec" {
		t.Errorf("fields: %+v", e.Fields)
	}
	if !errors.As(FromKube(apierrors.NewTooManyRequests("x", 3)), &e) || e.Extra["retryAfterSeconds"] != 3 {
		t.Errorf("extra: %+v", e.Extra)
	}
}
