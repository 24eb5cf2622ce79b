package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

const mediaTar = "application/x-tar"

// place is one side of a copy: a path of this machine, or of a container when object is set.
type place struct {
	object string // "teller-0" or "deploy/teller"
	path   string
}

// parsePlace reads "POD:/path", "KIND/NAME:/path" or a path of this machine. A path that holds
// a colon is written with "./" or "/" before it.
func parsePlace(arg string) (place, error) {
	before, after, ok := strings.Cut(arg, ":")
	if !ok || strings.HasPrefix(arg, "/") || strings.HasPrefix(arg, ".") {
		if arg == "" {
			return place{}, usage("a path is empty")
		}
		return place{path: arg}, nil
	}
	if before == "" || !strings.HasPrefix(after, "/") {
		return place{}, usage("%q: write POD:/absolute/path for a container, ./%s for a file of this machine", arg, arg)
	}
	return place{object: before, path: after}, nil
}

func (a *app) copyCommand() *cobra.Command {
	container := ""
	cmd, inv := a.command("cp SOURCE TARGET", "Copy files and folders to and from containers", func(ctx context.Context, inv *invocation, args []string) error {
		if len(args) != 2 {
			return usage("cp needs a source and a target")
		}
		from, err := parsePlace(args[0])
		if err != nil {
			return err
		}
		to, err := parsePlace(args[1])
		if err != nil {
			return err
		}
		c := &copier{inv: inv, container: container}
		switch {
		case from.object != "" && to.object == "":
			return c.out(ctx, from, to)
		case from.object == "" && to.object != "":
			return c.in(ctx, from, to)
		default:
			return usage("one side must be POD:/path, the other a path of this machine")
		}
	})
	cmd.Long = cmd.Short + ".\n\nOne side is POD:/path or KIND/NAME:/path. A target that ends in \"/\" is a folder to copy into; any other is the new name. " +
		"The container needs tar. Links that lead out of the copied folder are left out."
	cmd.Example = "  kubemate cp teller-0:/var/log/app.log . -n demo-bank\n  kubemate cp ./conf teller-0:/tmp/conf"
	inv.namespaced(cmd, false)
	cmd.Flags().StringVarP(&container, "container", "c", "", "container (default: the pod's default one)")
	return cmd
}

type copier struct {
	inv       *invocation
	container string
}

func (c *copier) query(path string) url.Values {
	q := url.Values{"path": {path}}
	if c.container != "" {
		q.Set("container", c.container)
	}
	return q
}

// out copies from a container.
func (c *copier) out(ctx context.Context, from, to place) error {
	o, err := c.inv.oneObject(ctx, []string{from.object}, "pods")
	if err != nil {
		return err
	}
	base := path.Base(path.Clean(from.path))
	dir, name := targetName(to.path, base)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return errs.New(errs.Internal, "the folder %s cannot be made", dir).Wrap(err)
	}
	resp, err := c.inv.client.Open(ctx, http.MethodGet, o.path("files"), c.query(from.path), nil, nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return errs.New(errs.Internal, "the folder %s cannot be opened", dir).Wrap(err)
	}
	defer func() { _ = root.Close() }()
	x := &extractor{root: root, from: base, to: name, leftOut: func(entry, why string) { c.inv.remark("left out %s: %s", clean(entry), why) }}
	err = x.extract(resp.Body)
	// The trailer, if any, is the true reason of a broken stream.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	if why := resp.Trailer.Get("X-Kubemate-Stream-Error"); why != "" {
		return errs.New(errs.Unprocessable, "the copy is incomplete: %s", clean(why))
	}
	if err != nil {
		return err
	}
	c.inv.remark("copied %d files, %sB", x.files, formatBytes(float64(x.bytes)))
	return nil
}

// targetName says where a copy goes on this machine: into a folder that exists or is written
// with a slash at its end, else to the name itself.
func targetName(target, base string) (dir, name string) {
	if base == "/" || base == "." {
		base = "."
	}
	info, err := os.Stat(target)
	if strings.HasSuffix(target, "/") || (err == nil && info.IsDir()) {
		return filepath.Clean(target), base
	}
	return filepath.Dir(filepath.Clean(target)), filepath.Base(target)
}

// in copies into a container.
func (c *copier) in(ctx context.Context, from, to place) error {
	o, err := c.inv.oneObject(ctx, []string{to.object}, "pods")
	if err != nil {
		return err
	}
	if _, err := os.Stat(from.path); err != nil {
		return errs.New(errs.NotFound, "%s cannot be read: %s", from.path, pathProblem(err))
	}
	dir, name := path.Dir(path.Clean(to.path)), path.Base(path.Clean(to.path))
	if strings.HasSuffix(to.path, "/") {
		absolute, err := filepath.Abs(from.path)
		if err != nil {
			return fmt.Errorf("find %s: %w", from.path, err)
		}
		dir, name = path.Clean(to.path), filepath.Base(absolute)
	}
	raw, feed := io.Pipe()
	packed := make(chan error, 1)
	go func() {
		err := packFiles(feed, from.path, name, func(entry, why string) { c.inv.remark("left out %s: %s", clean(entry), why) })
		feed.CloseWithError(err)
		packed <- err
	}()
	var result resources.CopyResult
	resp, err := c.inv.client.Open(ctx, http.MethodPut, o.path("files"), c.query(dir), http.Header{"Content-Type": {mediaTar}}, raw)
	_ = raw.CloseWithError(io.ErrClosedPipe)
	if packErr := <-packed; packErr != nil && err != nil && errs.KindOf(packErr) != errs.Internal {
		return packErr
	}
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if err := decodeJSON(resp.Body, &result); err != nil {
		return err
	}
	c.inv.remark("copied %d files, %sB", result.Files, formatBytes(float64(result.Bytes)))
	return nil
}

// pathProblem gives the plain reason of a file error.
func pathProblem(err error) string {
	var p *os.PathError
	if asPathError(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
