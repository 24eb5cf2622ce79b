package errs

import (
	"errors"
	"fmt"
)

// Kind classifies an error; each has one HTTP status.
type Kind string

// The kinds, with the HTTP status that they become.
const (
	Invalid         Kind = "invalid"         // 400 the request cannot be understood
	Unauthenticated Kind = "unauthenticated" // 401
	Forbidden       Kind = "forbidden"       // 403
	NotFound        Kind = "not-found"       // 404
	Conflict        Kind = "conflict"        // 409 stale resourceVersion, already exists
	Gone            Kind = "gone"            // 410 used or expired link, expired continue token
	TooLarge        Kind = "too-large"       // 413
	Unprocessable   Kind = "unprocessable"   // 422 understood, refused by validation or admission
	TooMany         Kind = "too-many"        // 429
	Internal        Kind = "internal"        // 500
	BadUpstream     Kind = "bad-upstream"    // 502 the cluster answered nonsense
	Unavailable     Kind = "unavailable"     // 503 the cluster cannot be reached, or is not synced yet
	Timeout         Kind = "timeout"         // 504
)

// Field is one field of the input that is wrong.
type Field struct {
	Path    string `json:"path" doc:"JSON path of the field, for instance spec.replicas"`
	Message string `json:"message" doc:"What is wrong with it"`
}

// Error is what a user may read. The zero value is not useful; use New.
type Error struct {
	Kind    Kind
	Message string         // names the thing and says what is wrong
	Hint    string         // what to do about it; may be empty
	Object  string         // the object concerned, "pods demo-bank/teller-0" or ""
	Fields  []Field        // wrong input fields, if they are known
	Extra   map[string]any // further members of the RFC 9457 problem, for instance "current" of a conflict
	cause   error
}

// New makes an error of a kind; the message follows fmt.Sprintf.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Error gives the message and, behind it, the cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// WithHint adds what the user can do.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithObject names the object concerned.
func (e *Error) WithObject(format string, args ...any) *Error {
	e.Object = fmt.Sprintf(format, args...)
	return e
}

// WithField adds one wrong input field.
func (e *Error) WithField(path, message string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Message: message})
	return e
}

// WithExtra adds a member to the problem document.
func (e *Error) WithExtra(key string, value any) *Error {
	if e.Extra == nil {
		e.Extra = map[string]any{}
	}
	e.Extra[key] = value
	return e
}

// Wrap keeps the cause for logs and errors.Is; users do not see its text.
func (e *Error) Wrap(cause error) *Error {
	e.cause = cause
	return e
}

// KindOf gives the kind of err, Internal when it is no *Error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
