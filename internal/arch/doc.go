// Package arch holds the rules of the architecture as tests. Each rule says why it is there;
// who needs an exception writes it beside the rule, with the reason.
package arch
