package main

import (
	"strings"
	"testing"
)

func TestRefuse(t *testing.T) {
	module := func(licence string) parts {
		return parts{modules: []component{{Name: "example.org/x", Version: "v1.0.0", Licence: licence, In: []string{kubemate}}}}
	}
	npm := func(name, version, licence string, files ...file) parts {
		return parts{packages: []component{{Name: name, Version: version, Licence: licence, Files: files}}}
	}
	for name, c := range map[string]struct {
		parts parts
		want  string // part of the message; empty where nothing is wrong
	}{
		"permissive":                 {module("Apache-2.0 AND MIT"), ""},
		"AGPL":                       {module("AGPL"), "may not be linked"},
		"AGPL beside MIT":            {module("AGPL AND MIT"), "may not be linked"},
		"GPL":                        {module("GPL"), "example.org/x v1.0.0, linked into kubemate"},
		"PrimeVue as pinned":         {npm("primevue", "4.5.5", "MIT"), ""},
		"PrimeVue, commercial":       {npm("primevue", "5.0.0", "SEE LICENSE IN LICENSE.md"), "4.5.5 is the last release"},
		"PrimeVue, another MIT one":  {npm("primevue", "4.5.4", "MIT"), "4.5.5 is the last release"},
		"its core, newer":            {npm("@primevue/core", "4.6.0", "MIT"), "4.5.5 is the last release"},
		"its themes, newer":          {npm("@primeuix/themes", "3.0.0", "MIT"), "2.0.3 is the last release"},
		"its icons, within the line": {npm("primeicons", "7.0.1", "MIT"), ""},
		"its icons, newer":           {npm("primeicons", "8.0.0", "MIT"), "7 is the last release"},
		"no licence":                 {npm("x", "1.0.0", ""), "declares no licence"},
		"commercial by its text":     {npm("x", "1.0.0", "MIT", file{"LICENSE.md", "You need a License Key"}), "licence key"},
		"commercial by its name":     {npm("x", "1.0.0", "UNLICENSED"), "may not be linked"},
	} {
		err := refuse(c.parts)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
