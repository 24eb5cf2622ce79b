package kube

import (
	"fmt"
	"net/http"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

const protobufFirst = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON

// prepare makes the configuration that all identities of a cluster start from. Limits are
// the guard's: client-go's own rate limit would delay people behind the caches.
func prepare(cfg *rest.Config, g *guard) *rest.Config {
	base := rest.CopyConfig(cfg)
	base.QPS = -1
	base.RateLimiter = nil
	base.Timeout = 0 // streams share the configuration; the guard bounds the rest
	base.UserAgent = "kubemate"
	base.ContentType = runtime.ContentTypeJSON
	base.AcceptContentTypes = runtime.ContentTypeJSON
	base.WarningHandler = rest.NoWarnings{}
	base.Wrap(g.wrap)
	return base
}

// newClients makes clients over the transport that client-go shares between equal TLS settings.
func newClients(cfg *rest.Config) (*Clients, error) {
	httpClient, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return nil, fmt.Errorf("make transport: %w", err)
	}
	httpClient.CheckRedirect = noRedirect
	typedCfg := rest.CopyConfig(cfg)
	typedCfg.ContentType = runtime.ContentTypeProtobuf
	typedCfg.AcceptContentTypes = protobufFirst
	typed, err := kubernetes.NewForConfigAndClient(typedCfg, httpClient)
	if err != nil {
		return nil, fmt.Errorf("make typed client: %w", err)
	}
	dyn, err := dynamic.NewForConfigAndClient(cfg, httpClient)
	if err != nil {
		return nil, fmt.Errorf("make dynamic client: %w", err)
	}
	disc, err := discovery.NewDiscoveryClientForConfigAndClient(cfg, httpClient)
	if err != nil {
		return nil, fmt.Errorf("make discovery client: %w", err)
	}
	return &Clients{Config: cfg, Typed: typed, Dynamic: dyn, Discovery: disc}, nil
}

// noRedirect: an API server has no reason to send credentials elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// impersonate gives base acting as id. Reserved names never reach a cluster.
func impersonate(base *rest.Config, id authz.Identity) (*rest.Config, error) {
	for _, name := range append([]string{id.User}, id.Groups...) {
		if authz.Reserved(name) {
			return nil, errs.New(errs.Forbidden, "the name %q is reserved and cannot act in a cluster", name).
				WithHint("use a user and groups that do not begin with \"system:\" or \"kubemate:\"")
		}
	}
	cfg := rest.CopyConfig(base)
	cfg.Impersonate = rest.ImpersonationConfig{UserName: id.KubernetesUser(), Groups: id.KubernetesGroups()}
	return cfg, nil
}

// identityKey is the same for equal identities, whatever the order of groups.
func identityKey(id authz.Identity) string {
	groups := append([]string(nil), id.Groups...)
	sort.Strings(groups)
	return id.User + "\x00" + strings.Join(groups, "\x00")
}
