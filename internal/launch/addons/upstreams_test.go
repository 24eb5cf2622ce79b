package addons

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestUpstreams(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second string
		want          []string
	}{
		{"plain", "# comment\nsearch x\nnameserver 10.0.0.1\nnameserver 2001:db8::1\n", "", []string{"10.0.0.1", "2001:db8::1"}},
		{"a stub resolver", "nameserver 127.0.0.53\noptions edns0\n", "nameserver 192.168.1.1\n", []string{"192.168.1.1"}},
		{"only a stub resolver", "nameserver 127.0.0.53\n", "", nil},
		{"odd lines", "nameserver\nnameserver potato\nnameserver fe80::1%eth0\nnameserver ::1\nnameserver 0.0.0.0\n", "", nil},
		{"empty", "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
			if err := os.WriteFile(first, []byte(tt.first), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.second != "" {
				if err := os.WriteFile(second, []byte(tt.second), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := upstreamsFrom(first, second)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}
