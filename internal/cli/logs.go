package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/feature/resources"
)

// logRequest is what logs is asked for.
type logRequest struct {
	follow, previous, timestamps bool
	containers                   []string
	since                        time.Duration
	sinceTime                    string
	tail, limitBytes             int64
	prefix                       string
}

func (a *app) logsCommand() *cobra.Command {
	l := &logRequest{}
	cmd, inv := a.command("logs POD | KIND/NAME", "Print or follow the logs of a pod, or of all pods of a workload", func(ctx context.Context, inv *invocation, args []string) error {
		return l.run(ctx, inv, args)
	})
	cmd.Example = "  kubemate logs teller-0 -n demo-bank -f\n  kubemate logs deploy/teller -f --since 10m\n  kubemate logs ledger-0 -c app -p"
	cmd.Args = atLeast(1, "a pod or a workload")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	inv.printable(cmd, "text", "json")
	f := cmd.Flags()
	f.BoolVarP(&l.follow, "follow", "f", false, "go on with new lines; new pods of a workload join")
	f.BoolVarP(&l.previous, "previous", "p", false, "the run of the container before the present one")
	f.StringArrayVarP(&l.containers, "container", "c", nil, "container, repeat for more (default: all)")
	f.DurationVar(&l.since, "since", 0, "only lines of the last time: 30s, 10m, 2h")
	f.StringVar(&l.sinceTime, "since-time", "", "only lines from this time on, RFC 3339")
	f.Int64Var(&l.tail, "tail", -1, "begin with so many last lines of each container (-1 = all)")
	f.Int64Var(&l.limitBytes, "limit-bytes", 0, "stop after so many bytes (0 = no limit)")
	f.BoolVar(&l.timestamps, "timestamps", false, "begin each line with its time")
	f.StringVar(&l.prefix, "prefix", "auto", "name the pod and container before each line: auto, always, never")
	_ = cmd.RegisterFlagCompletionFunc("container", inv.completeContainers)
	return cmd
}

func (l *logRequest) query() (url.Values, error) {
	q := url.Values{"format": {"ndjson"}}
	if l.follow && l.previous {
		return nil, usage("-f and -p cannot stand together: a run that ended has no new lines")
	}
	if l.since > 0 && l.sinceTime != "" {
		return nil, usage("--since and --since-time cannot stand together")
	}
	switch l.prefix {
	case "auto", "always", "never":
	default:
		return nil, usage("--prefix is auto, always or never")
	}
	for _, c := range l.containers {
		q.Add("container", c)
	}
	set := func(name, value string, when bool) {
		if when {
			q.Set(name, value)
		}
	}
	set("follow", "true", l.follow)
	set("previous", "true", l.previous)
	set("tailLines", strconv.FormatInt(l.tail, 10), l.tail >= 0)
	set("sinceSeconds", strconv.FormatInt(int64(l.since.Seconds()+0.5), 10), l.since > 0)
	set("sinceTime", l.sinceTime, l.sinceTime != "")
	set("limitBytes", strconv.FormatInt(l.limitBytes, 10), l.limitBytes > 0)
	return q, nil
}

func (l *logRequest) run(ctx context.Context, inv *invocation, args []string) error {
	q, err := l.query()
	if err != nil {
		return err
	}
	o, err := inv.oneObject(ctx, args, "pods")
	if err != nil {
		return err
	}
	resp, err := inv.client.Open(ctx, http.MethodGet, o.path("logs"), q, nil, nil)
	if err != nil {
		return l.ended(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if inv.output == "json" {
		_, err = io.Copy(inv.out, resp.Body)
		return l.ended(ctx, err)
	}
	p := &logPrinter{inv: inv, request: l, named: l.prefix == "always" || (l.prefix == "auto" && o.ref.Resource != "pods")}
	return l.ended(ctx, p.copy(resp.Body))
}

// ended tells an interrupted reading from a broken one.
func (l *logRequest) ended(ctx context.Context, err error) error {
	var known *errs.Error
	switch {
	case ctx.Err() != nil: // Ctrl-C is how one ends it
		err = nil
	case err == nil, errors.As(err, &known):
	default:
		err = errs.New(errs.Unavailable, "the log broke off").WithHint("run the command again").Wrap(err)
	}
	return err
}

// logPrinter prints ndjson as text.
type logPrinter struct {
	inv     *invocation
	request *logRequest
	named   bool            // say where each line is from
	seen    map[string]bool // containers
	failed  int
}

func (p *logPrinter) copy(r io.Reader) error {
	out := bufio.NewWriter(p.inv.out)
	defer func() { _ = out.Flush() }()
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			if err := p.line(out, line); err != nil {
				return err
			}
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			if p.failed > 0 {
				return &quietError{code: ExitFailure}
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (p *logPrinter) line(out *bufio.Writer, raw []byte) error {
	var entry struct {
		resources.LogLine
		Event   string `json:"event"`
		Explain string `json:"message"`
	}
	if err := json.Unmarshal(raw, &entry); err != nil {
		return errs.New(errs.BadUpstream, "the server sent a line that is not understood").Wrap(err)
	}
	if entry.Event != "" {
		return p.event(out, entry.Event, entry.Pod, entry.Container, entry.Explain)
	}
	p.learn(entry.Pod, entry.Container)
	var b strings.Builder
	if p.request.timestamps {
		b.WriteString(entry.Time + " ")
	}
	if p.named {
		b.WriteString("[" + entry.Pod + "/" + entry.Container + "] ")
	}
	b.WriteString(entry.Message)
	if entry.Cut {
		b.WriteString(" [line cut]")
	}
	b.WriteByte('\n')
	_, err := out.WriteString(b.String())
	return err
}

// learn begins to name lines once there are two containers.
func (p *logPrinter) learn(pod, container string) {
	if p.named || p.request.prefix != "auto" {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[pod+"/"+container] = true
	p.named = len(p.seen) > 1
}

// event tells on standard error what is no line.
func (p *logPrinter) event(out *bufio.Writer, event, pod, container, why string) error {
	if event == "start" {
		if pod != "" {
			p.learn(pod, container)
		}
		return nil
	}
	if event == "end" && (why == "" || !p.request.follow) {
		return nil
	}
	if event == "error" {
		p.failed++
	}
	if err := out.Flush(); err != nil {
		return err
	}
	where := ""
	if pod != "" {
		where = pod + "/" + container + ": "
	}
	fmt.Fprintf(p.inv.err, "-- %s%s: %s\n", where, event, clean(why))
	return nil
}
