// Package app is the demo bank's composition root: it opens the listeners,
// makes the roles that the configuration asks for, runs them, and stops them
// in the order that loses nothing (listener first, then the role's own work).
package app
