// Package api holds what other programs build on: the custom resources (v1alpha1, crds) and
// the OpenAPI document of the server (openapi.yaml, generated from Go; a test keeps it true).
package api
