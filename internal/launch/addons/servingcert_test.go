package addons

import (
	"testing"
	"time"
)

func TestServingCertificate(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	issue := func() servingCertificate {
		c, err := issueCertificate(now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one, other := issue(), issue()
	for _, tt := range []struct {
		name string
		c    servingCertificate
		at   time.Time
		want bool
	}{
		{"fresh", one, now, true},
		{"half way", one, now.Add(certificateLife / 2), true},
		{"in its last third", one, now.Add(certificateLife*2/3 + time.Hour), false},
		{"over", one, now.Add(certificateLife + time.Hour), false},
		{"clock before its time", one, now.Add(-48 * time.Hour), false},
		{"none", servingCertificate{}, now, false},
		{"key of another", servingCertificate{ca: one.ca, certificate: one.certificate, key: other.key}, now, false},
		{"CA of another", servingCertificate{ca: other.ca, certificate: one.certificate, key: one.key}, now, false},
		{"garbage", servingCertificate{ca: one.ca, certificate: []byte("x"), key: []byte("y")}, now, false},
	} {
		if got := tt.c.good(tt.at); got != tt.want {
			t.Errorf("%s: good is %v", tt.name, got)
		}
	}
}
