package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"syscall"

	"kubemate.io/kubemate/internal/core/errs"
)

// explain says in plain words why an API server could not be talked to, and what to do.
// The address is never taken from a URL's user or query part.
func explain(err error) (kind errs.Kind, message, hint string) {
	if kind, message, hint := explainTLS(err); kind != "" {
		return kind, message, hint
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return errs.Unavailable, "the API server's name " + dns.Name + " does not resolve",
			"check the server address in the kubeconfig, and DNS on this host"
	case errors.Is(err, syscall.ECONNREFUSED):
		return errs.Unavailable, "nothing listens at the API server's address" + at(err),
			"check that the API server runs and that the address in the kubeconfig is right"
	case errors.Is(err, errHeaderTimeout), errors.Is(err, errStalled):
		return errs.Timeout, "the API server accepted the request but did not answer in time",
			"it may hang or be overloaded; try again, and look at its log"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errs.Timeout, "the API server did not answer in time" + at(err),
			"check the network between Kubemate and the cluster; try again"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return errs.Unavailable, "there is no route to the API server" + at(err),
			"check the network, VPN and firewall between Kubemate and the cluster"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errs.Unavailable, "the connection to the API server was cut" + at(err), "try again; it may be restarting"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errs.BadUpstream, "the API server's answer ended in the middle", "try again; it may be restarting"
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		return errs.Unavailable, "the API server cannot be reached" + at(err), "check its address and the network"
	}
	return errs.BadUpstream, "the API server's answer could not be understood",
		"check that the address belongs to a Kubernetes API server; the details are in Kubemate's log"
}

func explainTLS(err error) (kind errs.Kind, message, hint string) {
	var (
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	switch {
	case errors.As(err, &authority):
		return errs.Unavailable, "the API server's certificate is signed by an unknown authority",
			"put the cluster's CA certificate into the kubeconfig (certificate-authority-data)"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return errs.Unavailable, "the API server's certificate has expired or is not valid yet",
			"renew it, and check the clocks of this host and of the API server"
	case errors.As(err, &invalid):
		return errs.Unavailable, "the API server's certificate is not valid", "renew it with the right usages"
	case errors.As(err, &host):
		return errs.Unavailable, "the API server's certificate is not made for the address in use",
			"use an address that the certificate names, or set tls-server-name in the kubeconfig"
	case errors.As(err, &record):
		return errs.Unavailable, "the server at this address does not speak TLS", "check the port and https:// in the kubeconfig"
	case errors.As(err, &alert):
		return errs.Unavailable, "the API server refused Kubemate's client certificate",
			"renew the client certificate of this cluster"
	}
	return "", "", ""
}

// at names host and port of the call, " (10.95.0.1:6443)", or nothing.
func at(err error) string {
	var u *url.Error
	if !errors.As(err, &u) {
		return ""
	}
	parsed, parseErr := url.Parse(u.URL)
	if parseErr != nil || parsed.Host == "" {
		return ""
	}
	return " (" + parsed.Host + ")"
}
