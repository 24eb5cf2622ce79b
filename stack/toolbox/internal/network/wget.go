package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// wget fetches a URL into a file, or with -O - to standard output.
func wget(ctx context.Context, std applet.Std, args []string) error {
	o := fetchOptions{method: http.MethodGet, redirects: 20}
	fs := applet.Flags(std, "wget", "[-q] [-O FILE] [-T SECONDS] URL")
	quiet := fs.BoolP("quiet", "q", false, "no messages")
	output := fs.StringP("output-document", "O", "", "write to this file; -: standard output")
	show := fs.BoolP("server-response", "S", false, "print the answer's headers")
	spider := fs.Bool("spider", false, "only ask whether it is there")
	seconds := fs.Float64P("timeout", "T", 30, "seconds to wait for the connection")
	fs.IntP("tries", "t", 1, "accepted for scripts' sake; there is one try")
	fs.StringArrayVar(&o.headers, "header", nil, "a header, as 'Name: value'")
	fs.StringVar(&o.body, "post-data", "", "body of a POST")
	fs.BoolVar(&o.insecure, "no-check-certificate", false, "don't check the server's certificate")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return errors.New("one URL is needed")
	}
	o.connectTimeout = time.Duration(*seconds * float64(time.Second))
	if o.hasBody = fs.Changed("post-data"); o.hasBody {
		o.method = http.MethodPost
	}
	if *spider {
		o.method = http.MethodHead
	}
	answer, err := fetch(ctx, std, fs.Arg(0), o)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if *show {
		printHeaders(std.Err, answer)
	}
	if answer.StatusCode >= 400 {
		fmt.Fprintf(std.Err, "wget: the server answered %s\n", answer.Status)
		return applet.Exit(8)
	}
	if *spider {
		return nil
	}
	return wgetSave(std, answer, *output, *quiet)
}

func wgetSave(std applet.Std, answer *http.Response, output string, quiet bool) (err error) {
	if output == "-" {
		_, err := io.Copy(std.Out, answer.Body)
		return err
	}
	if output == "" {
		if output = path.Base(answer.Request.URL.Path); output == "/" || output == "." {
			output = "index.html"
		}
	}
	f, err := os.Create(output)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := io.Copy(f, answer.Body)
	if err == nil && !quiet {
		fmt.Fprintf(std.Err, "%s: %d bytes\n", output, size)
	}
	return err
}
