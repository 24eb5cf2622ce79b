// Package testkit is what test suites share: one real API server per test binary, scenario
// tables for endpoints, and a clock that a test turns by hand.
package testkit
