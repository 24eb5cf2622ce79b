package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// Exit codes of curl that scripts look at, see its manual.
const (
	curlNoHost    = applet.Exit(6)
	curlNoConnect = applet.Exit(7)
	curlStatus    = applet.Exit(22)
	curlTimeout   = applet.Exit(28)
	curlOther     = applet.Exit(56)
)

type curlOptions struct {
	fetchOptions
	output                                              string
	remoteName, include, head, silent, showErrors, fail bool
	verbose                                             bool
	writeOut                                            string
}

func parseCurl(std applet.Std, args []string) (curlOptions, []string, error) {
	var o curlOptions
	fs := applet.Flags(std, "curl", "[FLAGS] URL...")
	method := fs.StringP("request", "X", "", "method (GET, or POST with a body)")
	fs.StringArrayVarP(&o.headers, "header", "H", nil, "a header, as 'Name: value'")
	data := fs.StringArrayP("data", "d", nil, "body; @FILE: from a file, @-: from standard input")
	binary := fs.StringArray("data-binary", nil, "the same")
	raw := fs.StringArray("data-raw", nil, "the same, @ being a plain character")
	fs.StringVarP(&o.output, "output", "o", "", "write to this file")
	fs.BoolVarP(&o.remoteName, "remote-name", "O", false, "write to a file named as in the URL")
	fs.BoolVarP(&o.include, "include", "i", false, "print the answer's headers too")
	fs.BoolVarP(&o.head, "head", "I", false, "ask for the headers only")
	fs.BoolVarP(&o.silent, "silent", "s", false, "no error messages")
	fs.BoolVarP(&o.showErrors, "show-error", "S", false, "error messages in spite of -s")
	fs.BoolVarP(&o.fail, "fail", "f", false, "exit code 22 at a status from 400 on, without the body")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "print both sides' headers")
	fs.BoolVarP(&o.insecure, "insecure", "k", false, "don't check the server's certificate")
	follow := fs.BoolP("location", "L", false, "follow redirects")
	fs.StringVarP(&o.user, "user", "u", "", "name:password")
	fs.StringVarP(&o.writeOut, "write-out", "w", "", "print afterwards; knows %{http_code}, %{time_total}, %{size_download}")
	fs.StringArrayVar(&o.resolve, "resolve", nil, "host:port:address to use instead of a look-up")
	total := fs.Float64P("max-time", "m", 0, "seconds that all may take")
	connect := fs.Float64("connect-timeout", 30, "seconds that the connection may take")
	if err := fs.Parse(args); err != nil {
		return o, nil, err
	}
	bodies := append(append(*data, *binary...), *raw...)
	o.hasBody, o.body = len(bodies) > 0, strings.Join(bodies, "&")
	if len(*raw) > 0 && strings.HasPrefix(o.body, "@") {
		return o, nil, errors.New("--data-raw can't begin with @ here: send it by --data-binary @FILE")
	}
	o.method = defaultMethod(*method, o.head, o.hasBody)
	o.timeout = time.Duration(*total * float64(time.Second))
	o.connectTimeout = time.Duration(*connect * float64(time.Second))
	if *follow {
		o.redirects = 30
	}
	if fs.NArg() == 0 {
		return o, nil, errors.New("a URL is needed")
	}
	return o, fs.Args(), nil
}

func defaultMethod(asked string, head, body bool) string {
	switch {
	case asked != "":
		return asked
	case head:
		return http.MethodHead
	case body:
		return http.MethodPost
	}
	return http.MethodGet
}

// curl fetches each URL with the flags that people know curl by.
func curl(ctx context.Context, std applet.Std, args []string) error {
	o, urls, err := parseCurl(std, args)
	if err != nil {
		return err
	}
	var failed error
	for _, url := range urls {
		if err := curlOne(ctx, std, o, url); err != nil {
			failed = err
		}
	}
	return failed
}

func curlOne(ctx context.Context, std applet.Std, o curlOptions, url string) error {
	start := time.Now()
	answer, err := fetch(ctx, std, url, o.fetchOptions)
	if err != nil {
		o.complain(std, err)
		o.printWriteOut(std, 0, 0, time.Since(start))
		return curlCode(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if o.verbose {
		fmt.Fprintf(std.Err, "> %s %s\n", answer.Request.Method, answer.Request.URL)
		printHeaders(std.Err, answer)
	}
	if o.fail && answer.StatusCode >= 400 {
		o.complain(std, fmt.Errorf("the server answered %s", answer.Status))
		o.printWriteOut(std, answer.StatusCode, 0, time.Since(start))
		return curlStatus
	}
	size, err := o.save(std, url, answer)
	o.printWriteOut(std, answer.StatusCode, size, time.Since(start))
	if err != nil {
		o.complain(std, err)
		return curlCode(err)
	}
	return nil
}

func (o curlOptions) complain(std applet.Std, err error) {
	if !o.silent || o.showErrors {
		fmt.Fprintf(std.Err, "curl: %v\n", err)
	}
}

func (o curlOptions) printWriteOut(std applet.Std, status int, size int64, took time.Duration) {
	if o.writeOut == "" {
		return
	}
	fmt.Fprint(std.Out, strings.NewReplacer(
		"%{http_code}", fmt.Sprintf("%03d", status), "%{response_code}", fmt.Sprintf("%03d", status),
		"%{time_total}", fmt.Sprintf("%.6f", took.Seconds()), "%{size_download}", fmt.Sprint(size),
		`\n`, "\n", `\t`, "\t",
	).Replace(o.writeOut))
}

func (o curlOptions) save(std applet.Std, url string, answer *http.Response) (size int64, err error) {
	out := std.Out
	name := o.output
	if o.remoteName {
		name = path.Base(answer.Request.URL.Path)
		if name == "/" || name == "." {
			return 0, fmt.Errorf("%s has no file name: use -o", url)
		}
	}
	if name != "" && name != "-" {
		f, err := os.Create(name)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	if o.include || o.head {
		printHeaders(out, answer)
	}
	return io.Copy(out, answer.Body)
}

func curlCode(err error) applet.Exit {
	var name *net.DNSError
	var dial *net.OpError
	var slow net.Error
	switch {
	case errors.As(err, &name):
		return curlNoHost
	case errors.As(err, &slow) && slow.Timeout():
		return curlTimeout
	case errors.As(err, &dial) && dial.Op == "dial":
		return curlNoConnect
	}
	return curlOther
}
