package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
	"sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/fleet"
)

// formatCell makes text of a page's cell; tone is a status' tone.
func formatCell(column fleet.Column, value any, now time.Time) cell {
	if value == nil {
		return cell{}
	}
	switch column.Type {
	case fleet.TypeTime:
		if seconds, ok := value.(float64); ok {
			return cell{text: age(now.Sub(time.Unix(int64(seconds), 0)))}
		}
	case fleet.TypeCPU:
		if milli, ok := value.(float64); ok {
			return cell{text: formatCPU(milli)}
		}
	case fleet.TypeBytes:
		if n, ok := value.(float64); ok {
			return cell{text: formatBytes(n)}
		}
	case fleet.TypeStatus:
		if pair, ok := value.([]any); ok && len(pair) == 2 {
			return cell{text: plainText(pair[1]), tone: plainText(pair[0])}
		}
	case fleet.TypeFraction:
		if pair, ok := value.([]any); ok && len(pair) == 2 {
			return cell{text: plainText(pair[0]) + "/" + plainText(pair[1])}
		}
	case fleet.TypeList:
		if list, ok := value.([]any); ok {
			return cell{text: joinTexts(list, ",")}
		}
	case fleet.TypeLabels:
		if labels, ok := value.(map[string]any); ok {
			return cell{text: formatLabels(labels, ",")}
		}
	}
	return cell{text: plainText(value)}
}

// plainText makes text of a JSON value.
func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(raw)
	}
}

func joinTexts(list []any, separator string) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = plainText(v)
	}
	return strings.Join(texts, separator)
}

func formatLabels(labels map[string]any, separator string) string {
	pairs := make([]string, 0, len(labels))
	for key, value := range labels {
		pairs = append(pairs, key+"="+plainText(value))
	}
	sort.Strings(pairs)
	return strings.Join(pairs, separator)
}

// age gives a duration with at most two units: 42s, 5m10s, 3h20m, 2d4h, 45d, 3y12d.
func age(d time.Duration) string {
	if d < 0 {
		d = 0 // clocks differ
	}
	s := int64(d.Seconds())
	two := func(big int64, bigUnit string, small int64, smallUnit string) string {
		if small == 0 {
			return fmt.Sprintf("%d%s", big, bigUnit)
		}
		return fmt.Sprintf("%d%s%d%s", big, bigUnit, small, smallUnit)
	}
	const minute, hour, day, year = 60, 3600, 86400, 365 * 86400
	switch {
	case s < 2*minute:
		return fmt.Sprintf("%ds", s)
	case s < 10*minute:
		return two(s/minute, "m", s%minute, "s")
	case s < 3*hour:
		return fmt.Sprintf("%dm", s/minute)
	case s < 8*hour:
		return two(s/hour, "h", s%hour/minute, "m")
	case s < 2*day:
		return fmt.Sprintf("%dh", s/hour)
	case s < 8*day:
		return two(s/day, "d", s%day/hour, "h")
	case s < 2*year:
		return fmt.Sprintf("%dd", s/day)
	default:
		return two(s/year, "y", s%year/day, "d")
	}
}

// formatCPU gives cores: 250m, 1.5, 4.
func formatCPU(milli float64) string {
	if milli < 1000 {
		return strconv.Itoa(int(math.Round(milli))) + "m"
	}
	return strconv.FormatFloat(math.Round(milli/100)/10, 'f', -1, 64)
}

// formatBytes gives powers of 1024: 512, 20Ki, 1.5Gi.
func formatBytes(n float64) string {
	units := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	if n >= 10 || i == 0 {
		return strconv.FormatFloat(math.Round(n), 'f', 0, 64) + units[i]
	}
	return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64) + units[i]
}

// painter gives colours when the output is a terminal that wants them; nil otherwise.
func (a *app) painter() func(tone, text string) string {
	f, ok := a.out.(*os.File)
	if !ok || a.env("NO_COLOR") != "" || a.env("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return paint
}

// paint colours a status. The word stays: colour is never the only sign.
func paint(tone, text string) string {
	codes := map[string]string{"ok": "32", "progress": "36", "warning": "33", "error": "31", toneNeutral: "2"}
	code, ok := codes[tone]
	if !ok {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// printObject prints a value as -o says: json or yaml.
func (inv *invocation) printObject(v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	raw = append(raw, '\n')
	if inv.output == "yaml" {
		if raw, err = yaml.JSONToYAML(raw); err != nil {
			return fmt.Errorf("encode output: %w", err)
		}
	}
	_, err = inv.out.Write(raw)
	return err
}
