package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	// existingTimeout bounds the look at an existing cluster, one call at a time.
	existingTimeout = 10 * time.Second
	// oldestServer serves ValidatingAdmissionPolicy, which protects the users.
	oldestServer = "1.30.0"
)

// neededRights are those without which the server cannot begin; kubemate-server.yaml has all.
func neededRights() []authorizationv1.ResourceAttributes {
	return []authorizationv1.ResourceAttributes{
		{Verb: "list", Group: "*", Resource: "*"},
		{Verb: "watch", Group: "*", Resource: "*"},
		{Verb: "impersonate", Resource: "users"},
		{Verb: "impersonate", Resource: "groups"},
		{Verb: "create", Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions"},
		{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"},
		{Verb: "create", Group: "kubemate.io", Resource: "users"},
	}
}

// checkExisting looks at the cluster of --kubeconfig before anything is started: a file that
// cannot be used, an address that does not answer, a wrong authority, credentials that are not
// taken and missing rights are told apart.
func (o Options) checkExisting(ctx context.Context) error {
	config, err := o.existingConfig()
	if err != nil {
		return fmt.Errorf("--kubeconfig %s cannot be used: %w; give one that kubectl works with", o.Kubeconfig, err)
	}
	config.Timeout = existingTimeout
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("--kubeconfig %s cannot be used: %w; give one that kubectl works with", o.Kubeconfig, err)
	}
	info, err := client.Discovery().ServerVersion()
	if err != nil {
		return o.existingProblem(config, err)
	}
	if v, err := version.ParseGeneric(info.GitVersion); err == nil && v.LessThan(version.MustParseGeneric(oldestServer)) {
		return fmt.Errorf("the cluster at %s runs Kubernetes %s: %s or later is needed", config.Host, info.GitVersion, oldestServer)
	}
	missing, err := missingRights(ctx, client)
	if err != nil {
		return o.existingProblem(config, err)
	}
	if len(missing) > 0 {
		return fmt.Errorf("the account of --kubeconfig %s may not %s: give it the rights that docs/how-to/use-an-existing-cluster.md lists, or use an administrator's", o.Kubeconfig, strings.Join(missing, ", nor "))
	}
	return nil
}

// existingConfig loads the kubeconfig as the server will.
func (o Options) existingConfig() (*rest.Config, error) {
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: o.Kubeconfig}
	raw, err := rules.Load()
	if err != nil {
		return nil, err
	}
	if o.Context != "" && raw.Contexts[o.Context] == nil {
		names := make([]string, 0, len(raw.Contexts))
		for name := range raw.Contexts {
			names = append(names, name)
		}
		slices.Sort(names)
		return nil, fmt.Errorf("it has no context %q, only: %s", o.Context, strings.Join(names, ", "))
	}
	return clientcmd.NewNonInteractiveClientConfig(*raw, o.Context, &clientcmd.ConfigOverrides{}, rules).ClientConfig()
}

// existingProblem says in plain words why the cluster cannot be used, and what to do.
func (o Options) existingProblem(config *rest.Config, err error) error {
	var known *errs.Error
	if !errors.As(kube.FromKube(err), &known) {
		return fmt.Errorf("the cluster at %s: %w", config.Host, err)
	}
	text := known.Message
	if known.Hint != "" {
		text += "; " + known.Hint
	}
	return fmt.Errorf("the cluster of --kubeconfig %s at %s: %s", o.Kubeconfig, config.Host, text)
}

// missingRights asks the cluster what its account may not do.
func missingRights(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	var missing []string
	for _, right := range neededRights() {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &right}}
		answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return nil, err
		}
		if answer.Status.Allowed {
			continue
		}
		what := right.Resource
		if right.Group != "" && right.Group != "*" {
			what += "." + right.Group
		}
		if what == "*" {
			what = "every object"
		}
		missing = append(missing, right.Verb+" "+what)
	}
	return missing, nil
}
