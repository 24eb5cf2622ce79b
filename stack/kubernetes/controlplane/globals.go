package controlplane

import (
	"fmt"

	"k8s.io/client-go/rest"
	basecompatibility "k8s.io/component-base/compatibility"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// applyGlobals sets what upstream keeps per process: feature gates, logging and the warning handler. It may run once.
func applyGlobals(s *options.ServerRunOptions, verbosity int) error {
	registry := s.GenericServerRunOptions.ComponentGlobalsRegistry
	if err := registry.Set(); err != nil {
		return fmt.Errorf("feature gates: %w", err)
	}
	s.Logs.Verbosity = logsapi.VerbosityLevel(verbosity)
	gates := registry.FeatureGateFor(basecompatibility.DefaultKubeComponent)
	if err := logsapi.ValidateAndApply(s.Logs, gates); err != nil {
		return fmt.Errorf("logging: %w", err)
	}
	// The controllers watch deprecated APIs on purpose: their warnings are no news.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	return nil
}
