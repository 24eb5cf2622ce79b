package rpc

import (
	"fmt"
	"net/http"
	"strconv"
)

// IntQuery reads an optional whole number between low and high from the query.
// The error is a Problem.
func IntQuery(r *http.Request, name string, otherwise, low, high int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, Invalid(fmt.Errorf("%s must be a whole number between %d and %d", name, low, high))
	}
	return n, nil
}
