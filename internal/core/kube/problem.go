package kube

import (
	"context"
	"errors"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/errs"
)

// FromKube turns what client-go returns into an error that a user may read: it names the
// object, keeps the server's own reason, and says what to do. nil stays nil and an
// *errs.Error passes unchanged. about names the object when the server's answer does not.
func FromKube(err error, about ...Ref) error {
	if err == nil {
		return nil
	}
	var known *errs.Error
	if errors.As(err, &known) {
		return err
	}
	var status apierrors.APIStatus
	isStatus := errors.As(err, &status)
	var s metav1.Status
	e := kubeletProblem(err.Error())
	switch {
	case isStatus:
		s = status.Status()
		if e == nil {
			e = fromStatus(s)
		}
	case e == nil:
		return fromTransport(err, about)
	}
	e.Object = objectOf(s, about)
	if len(about) > 0 && about[0].Cluster != "" {
		e.WithExtra("cluster", about[0].Cluster)
	}
	return e.Wrap(err)
}

// fromStatus decides by the reason, and by the HTTP code where a proxy gave no reason.
func fromStatus(s metav1.Status) *errs.Error {
	switch s.Reason {
	case metav1.StatusReasonNotFound:
		return notFound(s)
	case metav1.StatusReasonAlreadyExists:
		return errs.New(errs.Conflict, "%s", s.Message).
			WithHint("choose another name, or change the existing object instead")
	case metav1.StatusReasonConflict:
		return errs.New(errs.Conflict, "%s", s.Message).
			WithHint("somebody changed it meanwhile: load it again and repeat the change")
	case metav1.StatusReasonForbidden:
		return forbidden(s)
	case metav1.StatusReasonInvalid:
		return invalid(s)
	case metav1.StatusReasonUnauthorized:
		return errs.New(errs.Unavailable, "the cluster does not accept Kubemate's credentials (401)").
			WithHint("renew the credentials of this cluster; they may have expired or been revoked")
	case metav1.StatusReasonTooManyRequests:
		return tooMany(s)
	case metav1.StatusReasonExpired, metav1.StatusReasonGone:
		return errs.New(errs.Gone, "%s", s.Message).WithHint("start the list again from its beginning")
	case metav1.StatusReasonTimeout, metav1.StatusReasonServerTimeout:
		return errs.New(errs.Timeout, "the API server did not finish in time: %s", s.Message).
			WithHint("try again; if it repeats, look at the load of the API server and of etcd")
	case metav1.StatusReasonRequestEntityTooLarge:
		return errs.New(errs.TooLarge, "%s", s.Message).WithHint("an object may have about 1.5 MiB at most")
	case metav1.StatusReasonMethodNotAllowed:
		return errs.New(errs.Invalid, "%s", s.Message).WithHint("this kind does not serve that verb")
	}
	return byCode(s)
}

func byCode(s metav1.Status) *errs.Error {
	if webhook := failedWebhook(s.Message); webhook != "" {
		return errs.New(errs.BadUpstream, "%s", s.Message).
			WithHint("the admission webhook %q does not answer: look at its pods and Service", webhook)
	}
	switch code := s.Code; {
	case code == http.StatusUnprocessableEntity:
		return errs.New(errs.Unprocessable, "%s", s.Message)
	case code == http.StatusTooManyRequests:
		return tooMany(s)
	case code == http.StatusServiceUnavailable:
		return errs.New(errs.Unavailable, "the API server is not available: %s", s.Message).
			WithHint("try again in a moment; it may be starting or stopping")
	case code == http.StatusGatewayTimeout:
		return errs.New(errs.Timeout, "%s", s.Message).WithHint("try again")
	case code >= 400 && code < 500:
		return errs.New(errs.Invalid, "%s", s.Message)
	}
	return errs.New(errs.BadUpstream, "the API server failed: %s", s.Message).
		WithHint("look at the log of the API server; trying again may help")
}

// notFound tells a missing object from a kind that the cluster does not serve.
func notFound(s metav1.Status) *errs.Error {
	if s.Details == nil || s.Details.Name == "" {
		return errs.New(errs.NotFound, "%s", s.Message).
			WithHint("the cluster may not serve this kind or version; see its list of kinds")
	}
	return errs.New(errs.NotFound, "%s", s.Message).WithHint("it may have been deleted meanwhile")
}

// forbidden tells a missing right from an admission plugin's refusal: both are 403.
func forbidden(s metav1.Status) *errs.Error {
	switch {
	case strings.Contains(s.Message, "exceeded quota:"):
		return errs.New(errs.Unprocessable, "%s", s.Message).WithExtra("cause", "quota").
			WithHint("ask for less, remove something in the namespace, or have the ResourceQuota raised")
	case strings.Contains(s.Message, "violates PodSecurity"):
		return errs.New(errs.Unprocessable, "%s", s.Message).WithExtra("cause", "pod-security").
			WithHint("change the security context as the message says, or the namespace's Pod Security level")
	case strings.Contains(s.Message, "because it is being terminated"):
		return errs.New(errs.Conflict, "%s", s.Message).WithHint("wait until the namespace is gone, then create it anew")
	case strings.Contains(s.Message, "attempting to grant RBAC permissions not currently held"):
		return errs.New(errs.Forbidden, "%s", s.Message).WithExtra("cause", "escalation").
			WithHint("nobody may grant more than they hold; ask somebody who holds these rights")
	case strings.Contains(s.Message, " cannot "):
		return errs.New(errs.Forbidden, "%s", s.Message).
			WithHint("ask a platform admin for a role that allows it")
	}
	return errs.New(errs.Unprocessable, "%s", s.Message).WithExtra("cause", "admission").
		WithHint("an admission rule of the cluster refused it; its own reason stands in the message")
}

func invalid(s metav1.Status) *errs.Error {
	e := errs.New(errs.Unprocessable, "%s", s.Message).WithHint("correct the named fields and try again")
	if s.Details == nil {
		return e
	}
	for _, c := range s.Details.Causes {
		e.WithField(c.Field, c.Message)
	}
	return e
}

// tooMany keeps the seconds to wait, and what a PodDisruptionBudget says.
func tooMany(s metav1.Status) *errs.Error {
	e := errs.New(errs.TooMany, "%s", s.Message)
	if s.Details == nil {
		return e.WithHint("the API server is busy: try again later")
	}
	for _, c := range s.Details.Causes {
		if string(c.Type) == "DisruptionBudget" {
			return errs.New(errs.TooMany, "%s %s", s.Message, c.Message).WithExtra("cause", "disruption-budget").
				WithHint("wait until enough pods are healthy, or change the PodDisruptionBudget")
		}
	}
	if s.Details.RetryAfterSeconds > 0 {
		e.WithExtra("retryAfterSeconds", int(s.Details.RetryAfterSeconds))
		return e.WithHint("try again in %d s", s.Details.RetryAfterSeconds)
	}
	return e.WithHint("the API server is busy: try again later")
}

// failedWebhook takes the name out of: failed calling webhook "x": ….
func failedWebhook(message string) string {
	_, rest, ok := strings.Cut(message, "failed calling webhook \"")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "\"")
	return name
}

func objectOf(s metav1.Status, about []Ref) string {
	if len(about) > 0 && about[0].Name != "" {
		return about[0].String()
	}
	if s.Details == nil || s.Details.Name == "" || s.Reason == metav1.StatusReasonServerTimeout {
		return "" // a server timeout puts the verb where the name stands
	}
	return ResourceKey(s.Details.Group, s.Details.Kind) + " " + s.Details.Name
}

// fromTransport explains an error that is no answer of the API server.
func fromTransport(err error, about []Ref) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	kind, message, hint := explain(err)
	e := errs.New(kind, "%s", message).WithHint("%s", hint)
	if len(about) > 0 {
		if about[0].Name != "" {
			e.Object = about[0].String()
		}
		if about[0].Cluster != "" {
			e.WithExtra("cluster", about[0].Cluster)
		}
	}
	return e.Wrap(err)
}
