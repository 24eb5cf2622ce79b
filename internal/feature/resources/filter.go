package resources

import (
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
)

// parseFilter reads one condition: "status=Running,Pending", "restarts>5", "node!=a".
func parseFilter(text string) (fleet.Filter, error) {
	at := strings.IndexAny(text, "=!<>")
	if at <= 0 {
		return fleet.Filter{}, filterError(text)
	}
	f := fleet.Filter{Column: strings.TrimSpace(text[:at])}
	rest := text[at:]
	for _, op := range []string{"!=", ">=", "<=", "=", ">", "<"} {
		if after, ok := strings.CutPrefix(rest, op); ok {
			f.Op, rest = op, after
			break
		}
	}
	if f.Op == "" || f.Column == "" {
		return fleet.Filter{}, filterError(text)
	}
	if f.Op != "=" && f.Op != "!=" {
		f.Values = []string{strings.TrimSpace(rest)}
		return f, nil
	}
	for v := range strings.SplitSeq(rest, ",") {
		f.Values = append(f.Values, strings.TrimSpace(v))
	}
	return f, nil
}

func filterError(text string) error {
	return errs.New(errs.Invalid, "filter %q is not understood", text).
		WithField("filter", "want a column, one of = != > >= < <=, and a value").
		WithHint("write for instance status=Running,Pending or restarts>5")
}
