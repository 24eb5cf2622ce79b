package main

import (
	"errors"
	"fmt"
	"strings"
)

// kubemate is the program that everything else is separate from.
const kubemate = "kubemate"

// refuse names everything that may not be in Kubemate.
func refuse(all parts) error {
	var problems []error
	for _, c := range all.modules {
		if err := mayLink(c.Licence); err != nil {
			problems = append(problems, fmt.Errorf("module %s %s, linked into %s: %w", c.Name, c.Version, strings.Join(c.In, ", "), err))
		}
	}
	for _, c := range all.packages {
		if err := mayBundle(c); err != nil {
			problems = append(problems, fmt.Errorf("npm package %s %s: %w", c.Name, c.Version, err))
		}
	}
	return errors.Join(problems...)
}

// mayBundle refuses what may not get into the console. PrimeVue and what belongs to it went
// commercial; see docs/adr/0007-primevue-pinned.md.
func mayBundle(c component) error {
	if want := lastFree(c.Name); want != "" && c.Version != want && !strings.HasPrefix(c.Version, want+".") {
		return fmt.Errorf("%s is the last release under the MIT licence: later ones are commercial", want)
	}
	if c.Licence == "" {
		return errors.New("it declares no licence")
	}
	if err := mayLink(c.Licence); err != nil {
		return err
	}
	for _, f := range c.Files {
		if text := strings.ToLower(f.Text); strings.Contains(text, "license key") || strings.Contains(text, "commercial license") {
			return fmt.Errorf("its %s speaks of a commercial licence or a licence key", f.Name)
		}
	}
	return nil
}

// lastFree is the version, or the beginning of it, at which a package must stay.
func lastFree(name string) string {
	switch {
	case name == "primevue", strings.HasPrefix(name, "@primevue/"):
		return "4.5.5"
	case name == "@primeuix/themes":
		return "2.0.3"
	case name == "primeicons":
		return "7"
	}
	return ""
}
