package httpapi

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
)

// NoncePlaceholder stands in index.html where the nonce of an answer belongs.
const NoncePlaceholder = "__KUBEMATE_NONCE__"

// console serves the built console. Files below assets/ carry a hash in their name and are
// cached for good; everything else is asked for again each time, by its ETag.
type console struct {
	files fs.FS
	index []byte // index.html with its base set; nil when there is no console
	base  string
	etags map[string]string
}

func newConsole(files fs.FS, basePath string) (*console, error) {
	c := &console{files: files, base: basePath + "/", etags: map[string]string{}}
	if files == nil {
		return c, nil
	}
	index, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		c.files = nil
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	c.index = withBase(index, c.base)
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "assets/") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		c.etags[name] = `"` + hex.EncodeToString(sum[:12]) + `"`
		return nil
	})
	return c, err
}

// withBase writes <base href> as the first thing of the head: all addresses of the console
// are relative to it.
func withBase(index []byte, base string) []byte {
	index = regexp.MustCompile(`(?i)<base\s[^>]*>`).ReplaceAll(index, nil)
	tag := []byte(`<head><base href="` + html.EscapeString(base) + `">`)
	return bytes.Replace(index, []byte("<head>"), tag, 1)
}

// ServeHTTP answers with a file, or with index.html for the console's own routes.
func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		WriteProblem(w, r, errs.New(errs.NotFound, "there is no operation %.200s", r.URL.Path))
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if c.index == nil {
		WriteProblem(w, r, errs.New(errs.NotFound, "this build holds no console").
			WithHint("build it with `make build`; the API stands below %s", Prefix))
		return
	}
	// Routes of the console hold names with dots (deployments.apps), so it is not the
	// extension that tells a file from a route.
	if name == "" || name == "index.html" || (!strings.HasPrefix(name, "assets/") && c.etags[name] == "") {
		c.serveIndex(w)
		return
	}
	c.serveFile(w, r, name)
}

func (c *console) serveIndex(w http.ResponseWriter) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	nonce := base64.RawURLEncoding.EncodeToString(random[:])
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(pagePolicy, "NONCE", nonce, 1))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(bytes.ReplaceAll(c.index, []byte(NoncePlaceholder), []byte(nonce)))
}

func (c *console) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	info, err := fs.Stat(c.files, name)
	if err != nil || info.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		WriteProblem(w, r, errs.New(errs.NotFound, "the console has no file %.200s", name).
			WithHint("reload the page: a newer version may have been installed"))
		return
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if etag := c.etags[name]; etag != "" {
		h.Set("ETag", etag)
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", contentTypeOf(name))
	h.Set(noCompression, "1") // what can be compressed was, when the console was built
	content, encoding, err := c.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, r, name, info.ModTime(), bytes.NewReader(content))
}

// read picks the smallest form that the client takes.
func (c *console) read(name, accepted string) (content []byte, encoding string, err error) {
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(accepted, form.encoding) {
			continue
		}
		if content, err = fs.ReadFile(c.files, name+form.suffix); err == nil {
			return content, form.encoding, nil
		}
	}
	content, err = fs.ReadFile(c.files, name)
	return content, "", err
}

func accepts(header, encoding string) bool {
	for _, part := range strings.Split(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, encoding) {
			return strings.ReplaceAll(params, " ", "") != "q=0"
		}
	}
	return false
}

func contentTypeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	default:
		return orDefault(mime.TypeByExtension(ext), "application/octet-stream")
	}
}
