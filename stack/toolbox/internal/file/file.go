// Package file has the tools that work on files: ls, tar, gzip, ln, readlink,
// df, sha256sum, and, from u-root's core package, base64, cat, chmod, cp, find,
// mkdir, mktemp, mv, rm, touch and xargs.
package file

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io/fs"

	"github.com/u-root/u-root/pkg/core"
	"github.com/u-root/u-root/pkg/core/base64"
	"github.com/u-root/u-root/pkg/core/cat"
	"github.com/u-root/u-root/pkg/core/chmod"
	"github.com/u-root/u-root/pkg/core/cp"
	"github.com/u-root/u-root/pkg/core/find"
	"github.com/u-root/u-root/pkg/core/mkdir"
	"github.com/u-root/u-root/pkg/core/mktemp"
	"github.com/u-root/u-root/pkg/core/mv"
	"github.com/u-root/u-root/pkg/core/rm"
	"github.com/u-root/u-root/pkg/core/touch"
	"github.com/u-root/u-root/pkg/core/xargs"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// Applets returns the tools of this package by name.
func Applets() map[string]applet.Func {
	return map[string]applet.Func{
		"df": df, "ln": ln, "readlink": readlink, "tar": tarTool,
		"base64": adopt(base64.New()), "cat": adopt(cat.New()), "chmod": adopt(chmod.New()),
		"cp": adopt(cp.New()), "find": adopt(find.New()), "ls": ls,
		"mkdir": adopt(mkdir.New()), "mktemp": adopt(mktemp.New()), "mv": adopt(mv.New()),
		"rm": adopt(rm.New()), "touch": adopt(touch.New()), "xargs": adopt(xargs.New()),
		"gzip": gzipTool("gzip"), "gunzip": gzipTool("gunzip", "-d"), "zcat": gzipTool("zcat", "-dc"),
		"sha256sum": checksum("sha256sum", sha256.New), "sha512sum": checksum("sha512sum", sha512.New),
	}
}

// adopt makes a tool of one of u-root's.
func adopt(c core.Command) applet.Func {
	return func(ctx context.Context, std applet.Std, args []string) error {
		c.SetIO(std.In, std.Out, std.Err)
		return plain(c.RunContext(ctx, args...))
	}
}

// plain leaves out the name of the system call that failed: people look for the
// file and the reason.
func plain(err error) error {
	if path, ok := err.(*fs.PathError); ok { //nolint:errorlint // what wraps one says more than its path
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	return err
}
