package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Server is the section of `kubemate server`.
type Server struct {
	DataDir      string
	Kubeconfig   string // of the management cluster; "" means the service account of the pod
	Context      string // of the kubeconfig; "" means the current one
	ClusterName  string // key of the management cluster in every path
	DisplayName  string // of that cluster; "" means the key
	Listen       string // host:port
	BasePath     string // "" or "/x"
	PublicURL    string // the console's address as people reach it; "" means from Listen
	AllowedHosts []string
	Authorizer   string // "rbac": rules are evaluated here; "review": the cluster is asked
	AdminSocket  string // "" means below DataDir, "none" means no socket
	TLSCert      string
	TLSKey       string
	TLSGenerate  bool
	LogFormat    string // text or json
	LogLevel     string // debug, info, warn or error
}

// NewServer gives the defaults.
func NewServer() Server {
	return Server{
		DataDir: DataDir(), ClusterName: "local", Listen: "127.0.0.1:8090", Authorizer: "rbac", LogFormat: "text", LogLevel: "info",
	}
}

// Complete fills in what follows from other settings, and says what is wrong with them.
func (s *Server) Complete() error {
	if s.AdminSocket == "" {
		s.AdminSocket = AdminSocket(s.DataDir)
	}
	if s.AdminSocket == "none" {
		s.AdminSocket = ""
	}
	if s.DisplayName == "" {
		s.DisplayName = s.ClusterName
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want HOST:PORT, for instance 127.0.0.1:8090", s.Listen)
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together: give both")
	}
	if s.BasePath != "" && (!strings.HasPrefix(s.BasePath, "/") || strings.HasSuffix(s.BasePath, "/")) {
		return fmt.Errorf("--base-path %q: it must begin with a slash and not end with one, for instance /kubemate", s.BasePath)
	}
	if !slices.Contains([]string{"rbac", "review"}, s.Authorizer) {
		return fmt.Errorf("--authorization %q: want rbac or review", s.Authorizer)
	}
	if !slices.Contains([]string{"text", "json"}, s.LogFormat) {
		return fmt.Errorf("--log-format %q: want text or json", s.LogFormat)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.LogLevel) {
		return fmt.Errorf("--log-level %q: want debug, info, warn or error", s.LogLevel)
	}
	if s.PublicURL == "" {
		s.PublicURL = s.scheme() + "://" + net.JoinHostPort(s.reachable(host), port) + s.BasePath
	}
	if err := s.completePublicURL(); err != nil {
		return err
	}
	if s.DataDir, err = filepath.Abs(s.DataDir); err != nil {
		return fmt.Errorf("--data-dir: %w", err)
	}
	return nil
}

// completePublicURL demands the base path in it: links that lead beside it lead nowhere.
func (s *Server) completePublicURL() error {
	u, err := url.Parse(s.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("--public-url %q: want an address such as https://kubemate.example.org", s.PublicURL)
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	switch path := strings.TrimRight(u.Path, "/"); path {
	case s.BasePath:
	case "":
		s.PublicURL += s.BasePath
	default:
		return fmt.Errorf("--public-url %q: the path %s must be the base path, give --base-path %s too", s.PublicURL, path, path)
	}
	return nil
}

// TLS says whether the server speaks TLS itself.
func (s *Server) TLS() bool { return s.TLSCert != "" || s.TLSGenerate }

func (s *Server) scheme() string {
	if s.TLS() {
		return "https"
	}
	return "http"
}

// reachable names a host that people can open: not "all addresses".
func (s *Server) reachable(host string) string {
	if unspecified(host) {
		return "127.0.0.1"
	}
	return host
}

func unspecified(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || (ip != nil && ip.IsUnspecified())
}

// EveryAddress says whether the server listens on all addresses of its machine.
func (s *Server) EveryAddress() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	return err == nil && unspecified(host)
}

// CertificateHosts are the names and addresses that a generated certificate is for; machine are
// those of the machine, see MachineHosts.
func (s *Server) CertificateHosts(machine []string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if s.EveryAddress() {
		hosts = append(hosts, machine...)
	} else if host, _, err := net.SplitHostPort(s.Listen); err == nil {
		hosts = append(hosts, host)
	}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	hosts = append(hosts, s.AllowedHosts...)
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// Hosts are the names that requests may be addressed to; nil means any. On loopback they are
// few, so that no other site can make its name lead here.
func (s *Server) Hosts() []string {
	host, _, err := net.SplitHostPort(s.Listen)
	ip := net.ParseIP(host)
	if err != nil || (host != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return nil
	}
	hosts := []string{"localhost", "127.0.0.1", "::1", host}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	return append(hosts, s.AllowedHosts...)
}

// Secure says whether people reach the console over TLS, so that cookies may demand it.
func (s *Server) Secure() bool { return strings.HasPrefix(s.PublicURL, "https://") }
