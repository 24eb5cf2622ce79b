// Package testkit is what test suites share: one real API server per test binary, a proxy that
// makes it fail, scenario tables for endpoints, and a clock that a test turns by hand.
package testkit
