package cli

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/fleet"
)

func fingerprintOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return "SHA256:" + strings.ToUpper(hex.EncodeToString(sum[:]))
}

func TestParseItems(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want []item
	}{
		{[]string{"pods"}, []item{{"pods", ""}}},
		{[]string{"pods,svc"}, []item{{"pods", ""}, {"svc", ""}}},
		{[]string{"pod", "a", "b"}, []item{{"pod", "a"}, {"pod", "b"}}},
		{[]string{"deploy,svc", "a"}, []item{{"deploy", "a"}, {"svc", "a"}}},
		{[]string{"pod/a", "svc/b"}, []item{{"pod", "a"}, {"svc", "b"}}},
	} {
		if got, err := parseItems(tc.args); err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%q: %v %v, want %v", tc.args, got, err, tc.want)
		}
	}
	for _, args := range [][]string{nil, {""}, {"pods,"}, {"pod/"}, {"/a"}, {"pod/a/b"}, {"pod/a", "b"}, {"pod", "svc/b"}, {"pod", ""}} {
		if got, err := parseItems(args); err == nil {
			t.Errorf("%q was read as %v", args, got)
		}
	}
}

func FuzzParseItems(f *testing.F) {
	f.Add("pod/a", "b")
	f.Add("pods,svc", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		items, err := parseItems([]string{a, b})
		if err != nil {
			if ExitCode(err) != ExitUsage {
				t.Fatalf("%q %q: %v is no complaint about usage", a, b, err)
			}
			return
		}
		for _, it := range items {
			if it.kind == "" || it.name == "" || strings.Contains(it.name, "/") {
				t.Fatalf("%q %q gave %+v", a, b, it)
			}
		}
	})
}

func TestParseFilter(t *testing.T) {
	for text, want := range map[string]fleet.Filter{
		"status=Running,Pending": {Column: "status", Op: "=", Values: []string{"Running", "Pending"}},
		"restarts>=5":            {Column: "restarts", Op: ">=", Values: []string{"5"}},
		"node!=a":                {Column: "node", Op: "!=", Values: []string{"a"}},
		"a<1":                    {Column: "a", Op: "<", Values: []string{"1"}},
	} {
		got, err := parseFilter(text)
		if err != nil || got.Column != want.Column || got.Op != want.Op || !slices.Equal(got.Values, want.Values) {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add("status=Running")
	f.Add("!=")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text)
		if err == nil && (got.Op == "" || len(got.Values) == 0) {
			t.Fatalf("%q gave %+v", text, got)
		}
	})
}

func FuzzParsePlace(f *testing.F) {
	f.Add("teller-0:/tmp/x")
	f.Add("./a:b")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parsePlace(text)
		if err == nil && got.object != "" && !strings.HasPrefix(got.path, "/") {
			t.Fatalf("%q gave %+v", text, got)
		}
	})
}

func TestFormats(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 59 * time.Second: "59s", 119 * time.Second: "119s", 150 * time.Second: "2m30s", 10 * time.Minute: "10m",
		3*time.Hour + 20*time.Minute: "3h20m", 47 * time.Hour: "47h", 50 * time.Hour: "2d2h", 45 * 24 * time.Hour: "45d", 800 * 24 * time.Hour: "2y70d",
	} {
		if got := age(d); got != want {
			t.Errorf("age(%s) = %s, want %s", d, got, want)
		}
	}
	for n, want := range map[float64]string{0: "0", 512: "512", 1024: "1Ki", 1536: "1.5Ki", 134217728: "128Mi", 1.5 * (1 << 30): "1.5Gi"} {
		if got := formatBytes(n); got != want {
			t.Errorf("formatBytes(%g) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[float64]string{0: "0m", 250: "250m", 1000: "1", 1550: "1.6", 4000: "4"} {
		if got := formatCPU(n); got != want {
			t.Errorf("formatCPU(%g) = %s, want %s", n, got, want)
		}
	}
}

func TestTableAlignsWideCharacters(t *testing.T) {
	var out strings.Builder
	table := newTable("NAME", "NEXT")
	table.row("账户服务", "x")
	table.row("plain", "y")
	table.row("é́", "z")
	if err := table.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		last := []rune(line)
		before := string(last[:len(last)-1])
		if strings.HasSuffix(line, "NEXT") {
			before = strings.TrimSuffix(line, "NEXT")
		}
		if textWidth(before) != 11 {
			t.Errorf("%q: the second column begins at %d", line, textWidth(before))
		}
	}
}
