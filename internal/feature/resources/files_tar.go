package resources

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

const (
	// maxCopyBytes bounds the tar of one copy, maxCopyEntries its files.
	maxCopyBytes   = 4 << 30
	maxCopyEntries = 200_000
	mediaTar       = "application/x-tar"
	// trailerError tells, after a tar stream, why it is incomplete.
	trailerError = "X-Kubemate-Stream-Error"
)

// CopyResult is what was copied into a container.
type CopyResult struct {
	Files int   `json:"files" doc:"Files and links, without the folders"`
	Bytes int64 `json:"bytes" doc:"Bytes of the files"`
}

func (s *streams) fileRoutes(api *httpapi.API) {
	params := append(objectParameters(),
		queryParam("container", huma.TypeString, "Container; the pod's default one if empty"),
		queryParam("path", huma.TypeString, "Absolute path in the container: what to read, or the folder to write into"))
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID: "read-object-files",
		Method:      http.MethodGet,
		Path:        objectPath + "/files",
		Summary:     "Copy a file or folder out of a container, as a tar",
		Description: "Needs tar in the container. Names are relative to the folder of path; links that lead outside are left out. If the copy breaks off, the trailer " + trailerError + " says why.",
		Tags:        []string{tagStreams},
		Parameters:  params,
		Responses:   streamResponses(map[string]*huma.MediaType{mediaTar: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}),
	}), s.serveFilesOut)
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID:  "write-object-files",
		Method:       http.MethodPut,
		Path:         objectPath + "/files",
		Summary:      "Copy a tar into a folder of a container",
		Description:  "Needs tar in the container. Entries that lead outside of the folder are refused.",
		Tags:         []string{tagStreams},
		Parameters:   params,
		MaxBodyBytes: maxCopyBytes,
		RequestBody:  &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{mediaTar: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		Responses:    streamResponses(map[string]*huma.MediaType{"application/json": {Schema: copyResultSchema()}}),
	}), s.serveFilesIn)
}

func copyResultSchema() *huma.Schema {
	whole := &huma.Schema{Type: huma.TypeInteger}
	return &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"files": whole, "bytes": whole}}
}

// copyPath reads and cleans the path parameter.
func copyPath(r *http.Request) (string, error) {
	p := r.URL.Query().Get("path")
	switch {
	case !strings.HasPrefix(p, "/"):
		return "", errs.New(errs.Invalid, "parameter path must be an absolute path in the container").WithField("path", "must begin with /")
	case strings.ContainsRune(p, 0):
		return "", errs.New(errs.Invalid, "parameter path holds a NUL").WithField("path", "holds a NUL")
	}
	return path.Clean(p), nil
}

// serveFilesOut answers GET …/files.
func (s *streams) serveFilesOut(w http.ResponseWriter, r *http.Request) error {
	from, err := copyPath(r)
	if err != nil {
		return err
	}
	ctx, release, err := s.open(r)
	if err != nil {
		return err
	}
	defer release()
	call, err := s.execCall(ctx, r, r.URL.Query().Get("container"))
	if err != nil {
		return err
	}
	dir, base := path.Dir(from), path.Base(from)
	if from == "/" {
		base = "."
	}
	out := &tarResponse{w: w, control: http.NewResponseController(w), name: base}
	// "--" would not be understood by every tar; a name that begins with "-" is hidden by "./".
	packed := tar.NewWriter(out)
	if err = call.readTar(ctx, []string{"tar", "cf", "-", "-C", dir, "./" + base}, packed); err == nil {
		return packed.Close()
	}
	if !out.started {
		return err
	}
	w.Header().Set(trailerError, errorWords(err))
	return err
}

// readTar runs tar in the container and passes its entries on, checked.
func (c *execCall) readTar(ctx context.Context, command []string, out *tar.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	raw, feed := io.Pipe()
	stderr := &boundedBuffer{limit: 4096}
	var wg sync.WaitGroup
	var runErr error
	wg.Go(func() {
		runErr = c.stream(ctx, command, remotecommand.StreamOptions{Stdout: feed, Stderr: stderr})
		feed.CloseWithError(orEOF(runErr))
	})
	_, copyErr := filterTar(raw, out)
	if copyErr != nil {
		cancel()
	}
	// tar ends its output with padding after the last entry.
	_, _ = io.Copy(io.Discard, raw)
	_ = raw.CloseWithError(io.ErrClosedPipe)
	wg.Wait()
	var refused *errs.Error
	if errors.As(copyErr, &refused) {
		return refused
	}
	if runErr != nil && !errors.Is(runErr, context.Canceled) {
		return c.tarFailure(runErr, stderr.String())
	}
	return copyErr
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}

// serveFilesIn answers PUT …/files.
func (s *streams) serveFilesIn(w http.ResponseWriter, r *http.Request) error {
	to, err := copyPath(r)
	if err != nil {
		return err
	}
	ctx, release, err := s.open(r)
	if err != nil {
		return err
	}
	defer release()
	call, err := s.execCall(ctx, r, r.URL.Query().Get("container"))
	if err != nil {
		return err
	}
	result, err := call.writeTar(ctx, []string{"tar", "xmf", "-", "-C", to}, r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = fmt.Fprintf(w, `{"files":%d,"bytes":%d}`+"\n", result.Files, result.Bytes)
	return err
}

// writeTar checks the entries of body and feeds them to tar in the container.
func (c *execCall) writeTar(ctx context.Context, command []string, body io.Reader) (CopyResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	input, feed := io.Pipe()
	stderr := &boundedBuffer{limit: 4096}
	var wg sync.WaitGroup
	var result CopyResult
	var copyErr error
	wg.Go(func() {
		packed := tar.NewWriter(feed)
		if result, copyErr = filterTar(body, packed); copyErr == nil {
			copyErr = packed.Close()
		}
		if copyErr != nil && !errors.Is(copyErr, io.ErrClosedPipe) {
			cancel() // a half tar must not be taken for a whole one
		}
		feed.CloseWithError(orEOF(copyErr))
	})
	runErr := c.stream(ctx, command, remotecommand.StreamOptions{Stdin: input, Stdout: io.Discard, Stderr: stderr})
	_ = input.CloseWithError(io.ErrClosedPipe)
	// The body may still be coming: the server cuts it when the handler returns.
	if runErr != nil {
		_ = unblock(body)
	}
	wg.Wait()
	var refused *errs.Error
	switch {
	case errors.As(copyErr, &refused):
		return result, refused
	case runErr != nil:
		return result, c.tarFailure(runErr, stderr.String())
	case copyErr != nil:
		return result, errs.New(errs.Invalid, "the upload broke off").WithHint("send it again").Wrap(copyErr)
	}
	return result, nil
}

// unblock ends a read of the body that waits for the client.
func unblock(body io.Reader) error {
	if c, ok := body.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// tarFailure explains why tar did not do it.
func (c *execCall) tarFailure(err error, stderr string) error {
	var exit utilexec.ExitError
	stderr = strings.TrimSpace(stderr)
	said := strings.ToLower(stderr) // every tar writes them its own way
	switch {
	case noSuchProgram(err):
		return errs.New(errs.Unprocessable, "container %s has no tar, which copying files needs", c.container).
			WithHint("use an image with tar, or copy from another container of the pod that mounts the same volume")
	case strings.Contains(said, "no such file or directory") || strings.Contains(said, "not found"):
		return errs.New(errs.NotFound, "the path is not there: %s", stderrLine(stderr)).WithHint("look what is there with: kubemate exec %s -- ls", c.pod)
	case strings.Contains(said, "permission denied") || strings.Contains(said, "read-only file system"):
		return errs.New(errs.Unprocessable, "the container may not do that: %s", stderrLine(stderr)).
			WithHint("it runs as a user without the right, or its file system is read-only: use a writable path, for instance a mounted volume")
	case strings.Contains(said, "no space left"):
		return errs.New(errs.Unprocessable, "the container's disk is full: %s", stderrLine(stderr)).WithHint("free some space, or use another path")
	case errors.As(err, &exit):
		return errs.New(errs.Unprocessable, "tar failed in container %s: %s", c.container, stderrLine(stderr))
	}
	return c.explain(err)
}

func stderrLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// tarResponse sends headers with the first bytes.
type tarResponse struct {
	w       http.ResponseWriter
	control *http.ResponseController
	name    string
	started bool
}

func (o *tarResponse) Write(p []byte) (int, error) {
	if !o.started {
		o.started = true
		h := o.w.Header()
		h.Set("Content-Type", mediaTar)
		h.Set("Trailer", trailerError)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.name + ".tar"}))
	}
	_ = o.control.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
	return o.w.Write(p)
}

// boundedBuffer keeps the beginning of what is written.
type boundedBuffer struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	limit int
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := b.limit - b.buf.Len(); room > 0 {
		b.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (b *boundedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// checkTarName refuses a name that leads outside of the folder that the tar is unpacked in.
func checkTarName(name string) error {
	clean := path.Clean(name)
	if name == "" || path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsRune(name, 0) {
		return errs.New(errs.Invalid, "the tar holds the name %.200q, which leads outside of its folder", name)
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return errs.New(errs.Invalid, "the tar holds the name %.200q, which has a part \"..\"", name)
		}
	}
	return nil
}

// insideLink says whether a link stays within the tar's folder.
func insideLink(h *tar.Header) bool {
	target := h.Linkname
	if h.Typeflag == tar.TypeSymlink {
		if path.IsAbs(target) {
			return false
		}
		target = path.Join(path.Dir(path.Clean(h.Name)), target)
	}
	clean := path.Clean(target)
	return target != "" && !path.IsAbs(clean) && clean != ".." && !strings.HasPrefix(clean, "../")
}
