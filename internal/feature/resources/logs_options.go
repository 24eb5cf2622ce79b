package resources

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// logOptions is what a reader asks for.
type logOptions struct {
	containers []string // none = all
	previous   bool
	follow     bool
	tail       *int64
	since      time.Time // zero = from the beginning
	limit      int64     // bytes of lines; 0 = no limit
	text       bool
	timestamps bool
	download   bool
}

// wants says whether a container was asked for.
func (o *logOptions) wants(container string) bool {
	return len(o.containers) == 0 || slices.Contains(o.containers, container)
}

// parseLogOptions reads the query of a logs request; errs.Invalid names each wrong parameter.
func parseLogOptions(q url.Values, now time.Time) (*logOptions, error) {
	p := queryReader{values: q}
	o := &logOptions{
		containers: q["container"],
		previous:   p.flag("previous"),
		follow:     p.flag("follow"),
		limit:      p.number("limitBytes", maxLogBytes),
		timestamps: p.flag("timestamps"),
		download:   p.flag("download"),
	}
	if q.Get("tailLines") != "" {
		tail := p.number("tailLines", 1<<31)
		o.tail = &tail
	}
	if seconds := p.number("sinceSeconds", 1<<31); seconds > 0 {
		o.since = now.Add(-time.Duration(seconds) * time.Second)
	}
	if text := q.Get("sinceTime"); text != "" {
		since, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			p.wrong("sinceTime", "is no RFC 3339 time, for instance 2026-01-02T15:04:05Z")
		}
		if q.Get("sinceSeconds") != "" {
			p.wrong("sinceTime", "cannot stand together with sinceSeconds")
		}
		o.since = since
	}
	switch q.Get("format") {
	case "":
		o.text = o.download
	case "text":
		o.text = true
	case "ndjson":
	default:
		p.wrong("format", "must be ndjson or text")
	}
	if o.previous && o.follow {
		p.wrong("previous", "cannot stand together with follow: a run that ended has no new lines")
	}
	return o, p.err()
}

// queryReader reads typed parameters and collects what is wrong with them.
type queryReader struct {
	values url.Values
	bad    []errs.Field
}

func (p *queryReader) wrong(name, message string) {
	p.bad = append(p.bad, errs.Field{Path: name, Message: message})
}

func (p *queryReader) flag(name string) bool {
	text := p.values.Get(name)
	if text == "" {
		return p.values.Has(name)
	}
	v, err := strconv.ParseBool(text)
	if err != nil {
		p.wrong(name, "must be true or false")
	}
	return v
}

// number reads a whole number from 0 to most; 0 when it is missing.
func (p *queryReader) number(name string, most int64) int64 {
	text := p.values.Get(name)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 || v > most {
		p.wrong(name, "must be a whole number from 0 to "+strconv.FormatInt(most, 10))
		return 0
	}
	return v
}

func (p *queryReader) err() error {
	if len(p.bad) == 0 {
		return nil
	}
	e := errs.New(errs.Invalid, "parameter %s %s", p.bad[0].Path, p.bad[0].Message)
	e.Fields = p.bad
	return e
}
