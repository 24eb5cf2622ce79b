package controlplane

import (
	"context"
	"fmt"
	"net"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	apiserverapp "k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"github.com/spf13/pflag"
)

// apiServerFlags are upstream's flags for o. Everything that has a secure default is left alone.
func apiServerFlags(o *Options, addr *net.TCPAddr) []string {
	flags := []string{
		"--etcd-servers=" + etcdSocket,
		"--encryption-provider-config=" + o.pki("encryption.yaml"),
		"--bind-address=" + addr.IP.String(),
		fmt.Sprintf("--secure-port=%d", addr.Port),
		"--advertise-address=" + addr.IP.String(),
		"--service-cluster-ip-range=" + o.ServiceCIDR,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--anonymous-auth=false",
		"--allow-privileged=true",
		"--profiling=false",
		"--enable-aggregator-routing=true",
		"--shutdown-delay-duration=0s",

		"--client-ca-file=" + o.pki("ca.crt"),
		"--tls-cert-file=" + o.pki("apiserver.crt"),
		"--tls-private-key-file=" + o.pki("apiserver.key"),
		"--kubelet-certificate-authority=" + o.pki("ca.crt"),
		"--kubelet-client-certificate=" + o.pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + o.pki("apiserver-kubelet-client.key"),
		"--kubelet-preferred-address-types=InternalIP",

		"--requestheader-client-ca-file=" + o.pki("front-proxy-ca.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + o.pki("front-proxy-client.crt"),
		"--proxy-client-key-file=" + o.pki("front-proxy-client.key"),

		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + o.pki("service-account.pub"),
		"--service-account-signing-key-file=" + o.pki("service-account.key"),
	}
	if addr.IP.IsLoopback() {
		// A loopback address is no valid endpoint, and no pod could reach it.
		flags = append(flags, "--endpoint-reconciler-type=none")
	}
	if o.AuditWebhookConfig != "" {
		flags = append(flags, "--audit-policy-file="+o.AuditPolicy, "--audit-webhook-config-file="+o.AuditWebhookConfig)
	}
	return flags
}

// apiServer is a configured API server that has not started.
type apiServer struct{ options options.CompletedOptions }

// newAPIServer also applies the process-wide feature gates and logging, which the other components share.
func newAPIServer(ctx context.Context, o *Options, ln net.Listener) (*apiServer, error) {
	s := options.NewServerRunOptions()
	fs := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, named := range s.Flags().FlagSets {
		fs.AddFlagSet(named)
	}
	if err := fs.Parse(apiServerFlags(o, ln.Addr().(*net.TCPAddr))); err != nil {
		return nil, fmt.Errorf("API server flags: %w", err)
	}
	s.SecureServing.Listener = ln
	if err := applyGlobals(s, o.Verbosity); err != nil {
		return nil, err
	}
	completed, err := s.Complete(ctx)
	if err != nil {
		return nil, fmt.Errorf("complete API server options: %w", err)
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return nil, fmt.Errorf("API server options: %w", utilerrors.NewAggregate(errs))
	}
	return &apiServer{options: completed}, nil
}

// run serves until ctx ends, then finishes the requests in flight.
func (a *apiServer) run(ctx context.Context) error { return apiserverapp.Run(ctx, a.options) }
