package fault

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// MaxBytes bounds a fault configuration.
const MaxBytes = 64 << 10

// Set is a whole fault configuration: role → what is wrong with it.
type Set map[string]Spec

// Parse reads a configuration in YAML or JSON, strictly: an unknown role or
// key, a key given twice, or a value out of range is an error that names it.
// Empty data means that nothing is wrong.
func Parse(data []byte, roles []string) (Set, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("fault configuration is larger than %d bytes", MaxBytes)
	}
	set := Set{}
	if err := yaml.UnmarshalStrict(data, &set); err != nil {
		return nil, fmt.Errorf("fault configuration: %w", err)
	}
	for role, spec := range set {
		if !slices.Contains(roles, role) {
			return nil, fmt.Errorf("fault configuration: unknown role %.40q, use one of %s", role, strings.Join(roles, ", "))
		}
		if err := spec.validate(role); err != nil {
			return nil, fmt.Errorf("fault configuration: %s: %w", role, err)
		}
	}
	if set == nil {
		set = Set{}
	}
	return set, nil
}
