package kube

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// patienceSeconds is how long an API server may ask to wait before client-go tries again by
// itself. It would do so ten times, however long each wait is, and then whoever asked is told
// of a time limit instead of the reason.
const patienceSeconds = 1

// impatient keeps client-go from waiting for an API server that asks for a longer pause: the
// header goes, and its number into the body, so that the error still says how long to wait.
func impatient(resp *http.Response) {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds <= patienceSeconds {
		return
	}
	resp.Header.Del("Retry-After")
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < http.StatusInternalServerError {
		return
	}
	const enough = 64 << 10
	text, err := io.ReadAll(io.LimitReader(resp.Body, enough))
	if err != nil {
		return // the caller meets the same failure
	}
	status := statusOf(resp, text)
	if status.Details == nil {
		status.Details = &metav1.StatusDetails{}
	}
	status.Details.RetryAfterSeconds = int32(min(seconds, 24*3600)) //nolint:gosec // a day at most
	body, err := json.Marshal(status)
	if err != nil {
		body = text // a Status always has a JSON form
	}
	_ = resp.Body.Close()
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Type", "application/json")
	resp.Header.Del("Content-Encoding")
}

// statusOf reads the Status of an answer, or makes one of what a proxy or the API server's own
// front said as plain text.
func statusOf(resp *http.Response, text []byte) metav1.Status {
	var s metav1.Status
	if json.Unmarshal(text, &s) == nil && s.Kind == "Status" {
		return s
	}
	s = metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure,
		Code: int32(resp.StatusCode), Message: http.StatusText(resp.StatusCode), //nolint:gosec // a status has three digits
	}
	if words := strings.TrimSpace(string(text)); words != "" && len(words) < 300 && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		s.Message = words
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		s.Reason = metav1.StatusReasonTooManyRequests
	}
	return s
}
