package trace

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
)

// Parent is a W3C trace context: who called, in which trace. IDs are lower
// case hexadecimal, 32 and 16 digits, never all zero.
type Parent struct {
	TraceID string
	SpanID  string
	Sampled bool
}

var errTraceparent = errors.New("not a W3C traceparent")

const zeros = "00000000000000000000000000000000"

// ParseTraceparent reads a traceparent header. Versions newer than 00 are read
// as far as version 00 reaches, as the recommendation asks.
func ParseTraceparent(header string) (Parent, error) {
	if len(header) < 55 || len(header) > 512 {
		return Parent{}, errTraceparent
	}
	version, traceID, spanID, flags := header[:2], header[3:35], header[36:52], header[53:55]
	if header[2] != '-' || header[35] != '-' || header[52] != '-' {
		return Parent{}, errTraceparent
	}
	if !lowerHex(version) || !lowerHex(traceID) || !lowerHex(spanID) || !lowerHex(flags) || version == "ff" {
		return Parent{}, errTraceparent
	}
	if len(header) > 55 && (version == "00" || header[55] != '-') {
		return Parent{}, errTraceparent
	}
	if traceID == zeros || spanID == zeros[:16] {
		return Parent{}, errTraceparent
	}
	bits, err := hex.DecodeString(flags)
	if err != nil {
		return Parent{}, errTraceparent
	}
	return Parent{TraceID: traceID, SpanID: spanID, Sampled: bits[0]&1 == 1}, nil
}

// String gives the traceparent header, version 00.
func (p Parent) String() string {
	flags := "00"
	if p.Sampled {
		flags = "01"
	}
	return strings.Join([]string{"00", p.TraceID, p.SpanID, flags}, "-")
}

func lowerHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// newID gives n random bytes as hexadecimal digits, never all zero.
func newID(n int) string {
	id := make([]byte, n)
	for {
		rand.Read(id) // never fails
		if s := hex.EncodeToString(id); strings.Trim(s, "0") != "" {
			return s
		}
	}
}
