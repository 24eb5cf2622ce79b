package fault

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"

	"kubemate.io/kubemate/demo/internal/rpc"
)

// Content types in which a configuration may be put.
const (
	typeJSON = "application/json"
	typeYAML = "application/yaml"
)

// Admin serves GET, PUT and DELETE /faults. It is meant for a listener on
// loopback inside the pod, so that only who may port-forward or exec reaches
// it. Against web pages that a user's browser runs, it insists on a loopback
// Host and on a content type that needs a preflight, which it never grants.
func Admin(board *Board, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	show := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", typeJSON)
		if err := json.NewEncoder(w).Encode(board.Current()); err != nil {
			log.Warn("fault switches not shown", "error", err)
		}
	}
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { show(w) })
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		board.Apply(Set{}, "api")
		show(w)
	})
	mux.HandleFunc("PUT /faults", func(w http.ResponseWriter, r *http.Request) {
		set, problem := board.decode(r)
		if problem != nil {
			http.Error(w, problem.Detail, problem.Status)
			return
		}
		board.Apply(set, "api")
		show(w)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) {
			http.Error(w, "this port answers only to a loopback host name", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// decode reads a set for roles of this process.
func (b *Board) decode(r *http.Request) (Set, *rpc.Problem) {
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case typeJSON, typeYAML:
	default:
		return nil, rpc.NewProblem(http.StatusUnsupportedMediaType, "content_type", "send application/json or application/yaml")
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, MaxBytes+1))
	if err != nil {
		return nil, rpc.Invalid(errors.New("body could not be read"))
	}
	set, err := Parse(data, b.known)
	if err == nil {
		err = b.hosts(set)
	}
	if err != nil {
		return nil, rpc.Refused("fault_configuration", err.Error())
	}
	return set, nil
}

func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
