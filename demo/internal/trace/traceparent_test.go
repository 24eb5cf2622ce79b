package trace

import (
	"strings"
	"testing"
)

const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestParseTraceparent(t *testing.T) {
	tests := []struct {
		name, header string
		ok, sampled  bool
	}{
		{"sampled", good, true, true},
		{"not sampled", good[:53] + "00", true, false},
		{"other flags", good[:53] + "fe", true, false},
		{"newer version", "01" + good[2:], true, true},
		{"newer version with more", "01" + good[2:] + "-more", true, true},
		{"version 00 with more", good + "-more", false, false},
		{"newer version, glued", "01" + good[2:] + "more", false, false},
		{"version ff", "ff" + good[2:], false, false},
		{"empty", "", false, false},
		{"short", good[:54], false, false},
		{"long", "01" + good[2:] + "-" + strings.Repeat("a", 500), false, false},
		{"upper case", strings.ToUpper(good), false, false},
		{"zero trace", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false, false},
		{"zero span", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false, false},
		{"wrong separator", strings.Replace(good, "-", "_", 1), false, false},
		{"not hexadecimal", strings.Replace(good, "4b", "xy", 1), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ParseTraceparent(tt.header)
			if (err == nil) != tt.ok {
				t.Fatalf("error %v, want ok %v", err, tt.ok)
			}
			if p.Sampled != tt.sampled {
				t.Errorf("sampled %v, want %v", p.Sampled, tt.sampled)
			}
			if tt.ok && p.TraceID != good[3:35] {
				t.Errorf("trace %q", p.TraceID)
			}
		})
	}
}

func FuzzParseTraceparent(f *testing.F) {
	f.Add(good)
	f.Add("01" + good[2:] + "-x")
	f.Add("")
	f.Fuzz(func(t *testing.T, header string) {
		p, err := ParseTraceparent(header)
		if err != nil {
			return
		}
		again, err := ParseTraceparent(p.String())
		if err != nil || again != p {
			t.Fatalf("%q parsed as %+v, but its header parses as %+v, %v", header, p, again, err)
		}
	})
}
