package preflight

import (
	"fmt"
	"io"
	"strings"
)

// Severity of a finding.
type Severity string

// The severities: an error stops the start, a warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong.
type Finding struct {
	// ID names the check, stable across versions: "port", "disk", ….
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	// Problem says what is wrong, Remedy what to do.
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}

// Report is what Run found.
type Report struct {
	// Checks that were made, by id.
	Checks []string `json:"checks"`
	// Findings, errors first.
	Findings []Finding `json:"findings"`
	// Install is the one command that installs every missing package; empty if none is missing.
	Install string `json:"install,omitempty"`
}

// OK is true if nothing stops the start.
func (r Report) OK() bool {
	for _, f := range r.Findings {
		if f.Severity == Error {
			return false
		}
	}
	return true
}

// Err is nil if OK, else an error whose text is the report.
func (r Report) Err() error {
	if r.OK() {
		return nil
	}
	var b strings.Builder
	_ = r.WriteText(&b)
	return fmt.Errorf("this machine is not ready:\n%s", b.String())
}

// WriteText writes the findings for people.
func (r Report) WriteText(w io.Writer) error {
	for _, f := range r.Findings {
		if _, err := fmt.Fprintf(w, "%s: %s\n    %s\n", f.Severity, f.Problem, f.Remedy); err != nil {
			return err
		}
	}
	if r.Install != "" {
		if _, err := fmt.Fprintf(w, "install what is missing:\n    %s\n", r.Install); err != nil {
			return err
		}
	}
	return nil
}
