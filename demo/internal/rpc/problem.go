package rpc

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Problem is an error that crosses a service boundary (RFC 9457).
type Problem struct {
	Status    int    `json:"status"`
	Title     string `json:"title"`
	Detail    string `json:"detail,omitempty"`
	Code      string `json:"code"`
	RequestID string `json:"request_id,omitempty"`
}

func (p *Problem) Error() string {
	if p.Detail == "" {
		return fmt.Sprintf("%s (%d)", p.Code, p.Status)
	}
	return fmt.Sprintf("%s (%d): %s", p.Code, p.Status, p.Detail)
}

// NewProblem makes a problem; code is a stable word for programs.
func NewProblem(status int, code, detail string) *Problem {
	return &Problem{Status: status, Title: http.StatusText(status), Code: code, Detail: detail}
}

// Invalid is a request that the caller must change (400).
func Invalid(err error) *Problem {
	return NewProblem(http.StatusBadRequest, "invalid_request", err.Error())
}

// NotFound is a thing that does not exist (404).
func NotFound(what string) *Problem {
	return NewProblem(http.StatusNotFound, "not_found", what+" does not exist")
}

// Refused is a request that the bank's rules forbid (422).
func Refused(code, detail string) *Problem {
	return NewProblem(http.StatusUnprocessableEntity, code, detail)
}

// Upstream is the error of a service after its call to target failed: the
// bank's own refusals pass through, anything else becomes 502 naming target.
func Upstream(target string, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		switch p.Status {
		case http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
			return p
		}
	}
	return NewProblem(http.StatusBadGateway, "upstream_failed", fmt.Sprintf("%s: %v", target, err))
}

// asProblem makes any error a problem. What is not one is a defect or a
// vanished caller: the text stays in the log, not in the answer.
func asProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		answer := *p
		return &answer
	}
	return NewProblem(http.StatusInternalServerError, "internal", "internal error")
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller has gone if this fails
}
