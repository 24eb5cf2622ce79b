package kube

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one finished call to an API server, as whoever counts calls sees it. Every field has
// few values.
type Call struct {
	Cluster string
	Verb    string        // get, list, watch, create, update, patch, delete, connect
	Code    string        // HTTP status, "error" without an answer
	Took    time.Duration // until the head of the answer, the wait for a turn included
}

// observed tells of each call over a transport.
type observed struct {
	next http.RoundTripper
	c    *connection
}

// observe puts the observer around a transport.
func (c *connection) observe(next http.RoundTripper) http.RoundTripper { return &observed{next, c} }

// WrappedRoundTripper lets client-go find the transport below.
func (o *observed) WrappedRoundTripper() http.RoundTripper { return o.next }

func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	if o.c.called == nil {
		return o.next.RoundTrip(req)
	}
	began, code := o.c.clock.Now(), "error"
	resp, err := o.next.RoundTrip(req)
	if err == nil {
		code = strconv.Itoa(resp.StatusCode)
	}
	o.c.called(Call{Cluster: o.c.name, Verb: verbOf(req), Code: code, Took: o.c.clock.Since(began)})
	return resp, err
}

// verbOf is the verb as RBAC knows it; deletecollection counts as delete, and streams into pods
// as connect.
func verbOf(req *http.Request) string {
	resource := resourceOf(req.URL.Path)
	if len(resource) == 3 && slices.Contains([]string{"exec", "attach", "portforward", "proxy"}, resource[2]) {
		return "connect"
	}
	switch req.Method {
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		return "delete"
	}
	if w := req.URL.Query().Get("watch"); w == "true" || w == "1" {
		return "watch"
	}
	if len(resource) == 1 {
		return "list"
	}
	return "get"
}

// resourceOf gives [plural, name, subresource] of a path, as many as it has; none when it is not
// that of a resource.
func resourceOf(path string) []string {
	s := strings.Split(strings.Trim(path, "/"), "/")
	i := slices.IndexFunc(s, func(part string) bool { return part == "api" || part == "apis" }) // a proxy's path may stand before
	if i < 0 {
		return nil
	}
	skip := 2 // api, version
	if s[i] == "apis" {
		skip = 3 // apis, group, version
	}
	if len(s) <= i+skip {
		return nil
	}
	s = s[i+skip:]
	if s[0] == "namespaces" && len(s) > 2 {
		s = s[2:]
	}
	return s
}
