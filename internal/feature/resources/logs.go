package resources

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/httpapi"
)

const (
	// maxLogStreams bounds the containers read at once for one request; the rest are named.
	maxLogStreams = 50
	// maxLogLine bounds one line; what is longer is cut and marked.
	maxLogLine = 1 << 20
	// maxLogBytes bounds what a reader may ask for by limitBytes.
	maxLogBytes = 10 << 30
)

// LogLine is one line of a log. In a stream of format ndjson each line is a LogLine or a LogEvent.
type LogLine struct {
	Time      string `json:"t" doc:"RFC 3339 with nanoseconds, as the container runtime wrote it"`
	Pod       string `json:"p"`
	Container string `json:"c"`
	Message   string `json:"m" doc:"The line without its end; bytes that are no UTF-8 are replaced"`
	Cut       bool   `json:"cut,omitempty" doc:"The line was longer than 1 MiB; the rest is left out"`
}

// LogEvent tells what happened to one of the containers read.
type LogEvent struct {
	Event     string `json:"event" enum:"start,end,gap,error,waiting" doc:"start: lines follow; end: no more lines (for now, if the container will run again); gap: lines may be missing here; waiting: nothing to read yet, or contact lost, tried again; error: given up"`
	Pod       string `json:"p,omitempty"`
	Container string `json:"c,omitempty"`
	Message   string `json:"message,omitempty"`
}

// logRoutes registers the reading of logs.
func (s *streams) logRoutes(api *httpapi.API) {
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID: "get-object-logs",
		Method:      http.MethodGet,
		Path:        objectPath + "/logs",
		Summary:     "Read or follow the logs of a pod or of a workload's pods",
		Description: "Lines of several containers are merged by time. While following, pods made later join, restarts are followed, " +
			"and after lost contact reading goes on without missing or double lines; where that cannot be had, a gap event stands.",
		Tags:       []string{tagStreams},
		Parameters: append(objectParameters(), logParameters()...),
		Responses: streamResponses(map[string]*huma.MediaType{
			mediaNDJSON:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "One JSON object a line: LogLine {t,p,c,m,cut} or LogEvent {event,p,c,message}"}},
			"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}},
		}),
	}), s.serveLogs)
}

func logParameters() []*huma.Param {
	return []*huma.Param{
		queryParam("container", huma.TypeString, "Container to read; may be repeated; none = all"),
		queryParam("previous", huma.TypeBoolean, "Read the run of the container before the present one"),
		queryParam("follow", huma.TypeBoolean, "Go on with new lines until the client leaves"),
		queryParam("tailLines", huma.TypeInteger, "Begin with so many last lines of each container"),
		queryParam("sinceSeconds", huma.TypeInteger, "Only lines of the last so many seconds"),
		queryParam("sinceTime", huma.TypeString, "Only lines from this time on, RFC 3339"),
		queryParam("limitBytes", huma.TypeInteger, "Stop after so many bytes of lines"),
		queryParam("timestamps", huma.TypeBoolean, "In format text: begin each line with its time"),
		queryParam("format", huma.TypeString, "ndjson (default) or text"),
		queryParam("download", huma.TypeBoolean, "Send as a file (format text unless asked otherwise)"),
	}
}

// serveLogs answers GET …/logs.
func (s *streams) serveLogs(w http.ResponseWriter, r *http.Request) error {
	opts, err := parseLogOptions(r.URL.Query(), s.clock.Now())
	if err != nil {
		return err
	}
	ctx, release, err := s.open(r)
	if err != nil {
		return err
	}
	defer release()
	target, err := s.target(ctx, r)
	if err != nil {
		return err
	}
	out := newLogWriter(w, opts, target.ref, s.clock)
	session := &logSession{streams: s, target: target, opts: opts, out: out}
	err = session.run(ctx)
	if errors.Is(err, errLogLimit) {
		err = nil
	}
	if err != nil && out.started {
		err = out.event(LogEvent{Event: "error", Message: errorWords(err)})
	}
	if err == nil {
		out.flush()
	}
	return err
}
