package resources

import (
	"bufio"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/kube"
)

const mediaNDJSON = "application/x-ndjson"

// errLogLimit ends a stream that has sent as many bytes as were asked for.
var errLogLimit = errors.New("limitBytes reached")

// logWriter encodes lines and events for the client. Nothing is sent before the first one, so
// that an error can still become a problem.
type logWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     *bufio.Writer
	opts    *logOptions
	ref     kube.Ref
	clock   clock.PassiveClock
	started bool
	single  bool // one container only: text lines need no name before them
	sent    int64
}

func newLogWriter(w http.ResponseWriter, opts *logOptions, ref kube.Ref, c clock.PassiveClock) *logWriter {
	return &logWriter{w: w, control: http.NewResponseController(w), buf: bufio.NewWriterSize(w, 32<<10), opts: opts, ref: ref, clock: c}
}

// start sends the headers, once.
func (o *logWriter) start() {
	if o.started {
		return
	}
	o.started = true
	h := o.w.Header()
	h.Set("Content-Type", mediaNDJSON)
	if o.opts.text {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if o.opts.download {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.fileName()}))
	}
	o.deadline()
	o.w.WriteHeader(http.StatusOK)
}

// fileName says what is in a downloaded file: demo-bank_teller-0_app_20260102-150405.log.
func (o *logWriter) fileName() string {
	parts := []string{o.ref.Namespace, o.ref.Name}
	if len(o.opts.containers) == 1 {
		parts = append(parts, o.opts.containers[0])
	}
	if o.opts.previous {
		parts = append(parts, "previous")
	}
	parts = append(parts, o.clock.Now().UTC().Format("20060102-150405"))
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.Join(parts, "_"))
	if o.opts.text {
		return name + ".log"
	}
	return name + ".ndjson"
}

// deadline gives the client so much time to read what is written next.
func (o *logWriter) deadline() {
	// Not every writer has deadlines; then the client's connection is the bound.
	_ = o.control.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
}

// item sends a line or an event.
func (o *logWriter) item(item logItem) error {
	if item.event != nil {
		return o.event(*item.event)
	}
	o.start()
	o.deadline()
	if o.opts.limit > 0 && o.sent+int64(len(item.line.Message)) > o.opts.limit {
		_ = o.event(LogEvent{Event: "end", Message: "stopped at the asked number of bytes"})
		return errLogLimit
	}
	o.sent += int64(len(item.line.Message))
	if o.opts.text {
		return o.textLine(&item.line)
	}
	return o.json(&item.line)
}

// event sends an event; as text only errors and gaps are told.
func (o *logWriter) event(e LogEvent) error {
	o.start()
	if !o.opts.text {
		return o.json(e)
	}
	if e.Event != "gap" && e.Event != "error" {
		return nil
	}
	where := ""
	if e.Pod != "" {
		where = " " + e.Pod + "/" + e.Container
	}
	_, err := o.buf.WriteString("[" + e.Event + where + ": " + e.Message + "]\n")
	return err
}

func (o *logWriter) json(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = o.buf.Write(append(line, '\n'))
	return err
}

func (o *logWriter) textLine(l *LogLine) error {
	var b strings.Builder
	if o.opts.timestamps {
		b.WriteString(l.Time + " ")
	}
	if !o.single {
		b.WriteString("[" + l.Pod + "/" + l.Container + "] ")
	}
	b.WriteString(l.Message)
	if l.Cut {
		b.WriteString(" [line cut at 1 MiB]")
	}
	b.WriteByte('\n')
	_, err := o.buf.WriteString(b.String())
	return err
}

// flush sends what is buffered.
func (o *logWriter) flush() {
	if !o.started {
		return
	}
	o.deadline()
	if o.buf.Flush() == nil {
		_ = o.control.Flush()
	}
}
