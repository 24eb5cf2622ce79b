package resources

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
)

const (
	csvPage = 500    // rows read at once; the largest page that the cache gives
	csvRows = 100000 // rows of one file
)

// csv gives every match of a query as a table with a heading. Objects that come or go while
// it is written may be in it or not; none that stays is left out or doubled more often than
// the order changes.
func (f *Feature) csv(ctx context.Context, who caller, q fleet.Query) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	seen := map[string]struct{}{}
	q.Limit = csvPage
	for q.Offset = 0; ; q.Offset += csvPage {
		page, err := f.fleet.List(ctx, who.scope, q)
		if err != nil {
			return nil, err
		}
		if page.Total > csvRows {
			return nil, errs.New(errs.TooLarge, "%d objects match, more than the %d of one CSV file", page.Total, csvRows).
				WithHint("filter, or choose namespaces")
		}
		if q.Offset == 0 {
			if err := w.Write(csvHeading(page.Columns)); err != nil {
				return nil, err
			}
		}
		for _, row := range page.Rows {
			if _, again := seen[row.UID]; again {
				continue
			}
			seen[row.UID] = struct{}{}
			if err := w.Write(csvRow(page.Columns, row)); err != nil {
				return nil, err
			}
		}
		if len(page.Rows) < csvPage {
			break
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func csvHeading(columns []fleet.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.ID
	}
	return out
}

func csvRow(columns []fleet.Column, row fleet.Row) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		if i < len(row.Cells) {
			out[i] = csvCell(c.Type, row.Cells[i])
		}
	}
	return out
}

// csvCell gives a cell as text: times in RFC 3339, status as its words, lists with spaces.
// Text that a spreadsheet would take for a formula gets an apostrophe in front.
func csvCell(kind fleet.ColumnType, cell any) string {
	var plain any
	text, err := json.Marshal(cell)
	if err != nil || json.Unmarshal(text, &plain) != nil || plain == nil {
		return ""
	}
	switch v := plain.(type) {
	case string:
		return csvSafe(v)
	case float64:
		if kind == fleet.TypeTime {
			return time.Unix(int64(v), 0).UTC().Format(time.RFC3339)
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return csvSafe(csvList(kind, v))
	case map[string]any:
		return csvSafe(csvMap(v))
	default:
		return fmt.Sprint(v)
	}
}

func csvList(kind fleet.ColumnType, v []any) string {
	switch {
	case kind == fleet.TypeStatus && len(v) == 2:
		return fmt.Sprint(v[1])
	case kind == fleet.TypeFraction && len(v) == 2:
		return fmt.Sprintf("%v/%v", v[0], v[1])
	}
	parts := make([]string, len(v))
	for i, e := range v {
		parts[i] = fmt.Sprint(e)
	}
	return strings.Join(parts, " ")
}

func csvMap(v map[string]any) string {
	parts := make([]string, 0, len(v))
	for _, k := range sortedKeys(v) {
		parts = append(parts, fmt.Sprintf("%s=%v", k, v[k]))
	}
	return strings.Join(parts, " ")
}

func csvSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// fileName joins words to a name that every file system takes.
func fileName(words ...string) string {
	clean := func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return '_'
	}
	return strings.Map(clean, strings.Join(words, "-"))
}
