package fault

import (
	"strings"
	"testing"
)

var testRoles = []string{"teller", "settlement", "ledger"}

func TestParse(t *testing.T) {
	tests := []struct {
		name, data string
		want       string // part of the error; empty for none
	}{
		{"empty", "", ""},
		{"comment only", "# nothing\n", ""},
		{"no role", "{}", ""},
		{"role without switches", "teller:", ""},
		{"everything", `settlement:
  latency: {ms: 800, share: 0.3}
  errors: {status: 503, share: 1}
  cpu: {cores: 0.5}
  memory: {mib_per_second: 4, max_mib: 64}
  mismatch: {share: 0.05}
  crash: {after_seconds: 20, exit_code: 3}
`, ""},
		{"JSON", `{"ledger":{"latency":{"ms":5,"share":1}}}`, ""},
		{"unknown role", "setlement: {}", `unknown role "setlement"`},
		{"unknown switch", "teller: {latncy: {}}", "latncy"},
		{"unknown key", "teller: {latency: {seconds: 1}}", "seconds"},
		{"key twice", "teller: {}\nteller: {}", "teller"},
		{"wrong type", "teller: {latency: {ms: fast, share: 1}}", "ms"},
		{"share above one", "teller: {latency: {ms: 5, share: 30}}", "latency.share"},
		{"negative share", "teller: {errors: {status: 500, share: -1}}", "errors.share"},
		{"share not a number", "teller: {errors: {status: 500, share: .nan}}", "fault configuration"},
		{"status of success", "teller: {errors: {status: 200, share: 1}}", "errors.status"},
		{"latency beyond the timeout", "teller: {latency: {ms: 30001, share: 1}}", "latency.ms"},
		{"no cores", "teller: {cpu: {}}", "cpu.cores"},
		{"too many cores", "teller: {cpu: {cores: 64}}", "cpu.cores"},
		{"leak of nothing", "teller: {memory: {mib_per_second: 0}}", "memory.mib_per_second"},
		{"negative bound", "teller: {memory: {mib_per_second: 1, max_mib: -1}}", "memory.max_mib"},
		{"mismatch elsewhere", "ledger: {mismatch: {share: 1}}", "only settlement"},
		{"crash at once", "teller: {crash: {after_seconds: 0, exit_code: 1}}", "crash.after_seconds"},
		{"crash with success", "teller: {crash: {after_seconds: 1, exit_code: 0}}", "crash.exit_code"},
		{"list", "- teller", "fault configuration"},
		{"not YAML", "a: b: c", "fault configuration"},
		{"too large", "#" + strings.Repeat(" ", MaxBytes), "larger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := Parse([]byte(tt.data), testRoles)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if err == nil && set == nil {
				t.Error("no error, but no set either")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("settlement:\n  mismatch: {share: 0.5}\n"))
	f.Add([]byte(`{"teller":{"crash":{"after_seconds":1,"exit_code":1}}}`))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Parse(data, testRoles)
		if err != nil {
			return
		}
		for role, spec := range set {
			if err := spec.validate(role); err != nil {
				t.Fatalf("%s was let through: %v", role, err)
			}
		}
	})
}
