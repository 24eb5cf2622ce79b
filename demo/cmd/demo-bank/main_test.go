package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asProgram makes the test binary behave as the program itself.
const asProgram = "DEMO_BANK_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

func TestExitCodes(t *testing.T) {
	crash := filepath.Join(t.TempDir(), "faults.yaml")
	if err := os.WriteFile(crash, []byte("notify: {crash: {after_seconds: 1, exit_code: 42}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, args string
		code       int
		says       string
	}{
		{"help", "--help", 0, "-role"},
		{"usage", "--role=cashier", 2, "cashier"},
		{"cannot start", "--role=ledger --listen=127.0.0.1:0 --admin-listen= --journal=/nowhere/x", 1, "/nowhere/x"},
		{"teller not there", "--role=statement-run --teller-url=http://127.0.0.1:1", 1, "statement run"},
		{"crash switch", "--role=notify --listen=127.0.0.1:0 --admin-listen= --faults-file=" + crash, 42, `"exit_code":42`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := program(t, strings.Fields(tt.args)...).CombinedOutput()
			if code := exitCode(err); code != tt.code || !strings.Contains(string(out), tt.says) {
				t.Errorf("exit code %d, want %d, and %q in:\n%s", code, tt.code, tt.says, out)
			}
		})
	}
}

// TestStopsOnSignal starts a role, asks it to stop once it serves, and
// expects an orderly end.
func TestStopsOnSignal(t *testing.T) {
	cmd := program(t, "--role=notify", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var messages []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var line struct {
			Msg     string
			Service string
		}
		if err := json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&line); err != nil || line.Service != "notify" {
			t.Errorf("log line %q: %v", lines.Text(), err)
		}
		messages = append(messages, line.Msg)
		if line.Msg == "serving" {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if len(messages) == 0 || messages[len(messages)-1] != "stopped" {
		t.Errorf("messages %v", messages)
	}
}
