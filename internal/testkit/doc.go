// Package testkit holds what tests of several packages share: one embedded API server per
// test binary, and helpers to drive it. It is imported by tests only.
package testkit
