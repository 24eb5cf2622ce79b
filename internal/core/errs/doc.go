// Package errs holds the one error type that a caller outside the process may see.
//
// Invariants: an *Error names the thing, says what is wrong and what to do; it never
// holds a secret; its Kind decides the HTTP status (see httpapi). Everything else is
// wrapped with %w and becomes Internal at the border, its text kept for the log only.
package errs
