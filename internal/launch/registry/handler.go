package registry

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// handler answers the reading half of the OCI distribution specification 1.1.
type handler struct {
	content *content
	logger  *slog.Logger
}

// New returns a handler for the OCI layout in dir.
func New(dir string, logger *slog.Logger) (http.Handler, error) {
	c, err := readContent(dir)
	if err != nil {
		return nil, err
	}
	return &handler{content: c, logger: logger}, nil
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "this registry is read-only: its images come from the bundle")
		return
	}
	rest, found := strings.CutPrefix(r.URL.Path, "/v2/")
	if !found {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "the registry's API begins at /v2/")
		return
	}
	switch rest {
	case "":
		reply(w, map[string]any{})
	case "_catalog":
		reply(w, map[string]any{"repositories": slices.Sorted(maps.Keys(h.content.manifests))})
	default:
		h.repository(w, r, rest)
	}
}

// repository answers <name>/tags/list, <name>/manifests/<reference> and
// <name>/blobs/<digest>; the name may hold slashes.
func (h *handler) repository(w http.ResponseWriter, r *http.Request, rest string) {
	if name, found := strings.CutSuffix(rest, "/tags/list"); found {
		h.tags(w, name)
		return
	}
	for _, kind := range []struct {
		word, code string
		objects    map[string]map[string]object
	}{
		{"/manifests/", "MANIFEST_UNKNOWN", h.content.manifests},
		{"/blobs/", "BLOB_UNKNOWN", h.content.blobs},
	} {
		at := strings.LastIndex(rest, kind.word)
		if at < 0 {
			continue
		}
		name, reference := rest[:at], rest[at+len(kind.word):]
		if _, known := kind.objects[name]; !known {
			refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "the bundle has no such repository")
			return
		}
		o, known := kind.objects[name][reference]
		if !known {
			refuse(w, http.StatusNotFound, kind.code, "the bundle's repository has nothing of this tag or digest")
			return
		}
		h.send(w, r, o)
		return
	}
	refuse(w, http.StatusNotFound, "NOT_FOUND", "unknown path")
}

func (h *handler) tags(w http.ResponseWriter, name string) {
	tags, known := h.content.tags[name]
	if !known {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "the bundle has no such repository")
		return
	}
	reply(w, map[string]any{"name": name, "tags": tags})
}

func (h *handler) send(w http.ResponseWriter, r *http.Request, o object) {
	f, err := os.Open(o.file)
	if err == nil {
		defer func() { _ = f.Close() }()
		var info os.FileInfo
		if info, err = f.Stat(); err == nil && info.Size() != o.size {
			err = os.ErrInvalid
		}
	}
	if err != nil {
		h.logger.Error("a blob of the bundle can't be served", "digest", o.digest, "error", err)
		refuse(w, http.StatusInternalServerError, "UNKNOWN", "the bundle is damaged: run `kubemate bundle verify`")
		return
	}
	w.Header().Set("Content-Type", o.mediaType)
	w.Header().Set("Docker-Content-Digest", o.digest)
	w.Header().Set("Etag", `"`+o.digest+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, f)
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// refuse answers an error in the form that the specification gives.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
