package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// allowed licences may be linked into an Apache-2.0 program; MPL-2.0 is file-level copyleft.
func allowed(spdx string) bool {
	switch spdx {
	case "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MPL-2.0", "0BSD", "Unlicense", "CC0-1.0", "BlueOak-1.0.0", "Apache-2.0 AND MIT":
		return true
	}
	return false
}

// licenceOf reads the licence file of a module folder and recognises it by its own words.
func licenceOf(dir string) (string, error) {
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "License*", "license*", "COPYING*"} {
		matches, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return "", err
		}
		for _, m := range matches {
			if info, err := os.Stat(m); err != nil || info.IsDir() {
				continue
			}
			text, err := os.ReadFile(m)
			if err != nil {
				return "", err
			}
			if id := classify(string(text)); id != "" {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("no known licence in %s", filepath.Base(dir))
}

// classify recognises a licence text; "" when it is none of the known ones. Copyleft texts are
// looked for first, so that a combined file never passes for its permissive half.
func classify(text string) string {
	t := strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(s string) bool { return strings.Contains(t, s) }
	switch {
	case has("gnu affero general public license"):
		return "AGPL-3.0"
	case has("gnu lesser general public license"):
		return "LGPL"
	case has("gnu general public license") && !has("secondary license"):
		return "GPL"
	case has("mozilla public license") && has("2.0"):
		return "MPL-2.0"
	case has("apache license") && has("permission is hereby granted, free of charge"):
		return "Apache-2.0 AND MIT"
	case has("apache license") && has("version 2.0"):
		return "Apache-2.0"
	case has("permission is hereby granted, free of charge"):
		return "MIT"
	case has("permission to use, copy, modify, and/or distribute"), has("permission to use, copy, modify, and distribute"):
		return "ISC"
	case has("redistribution and use in source and binary forms") && has("neither the name"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("this is free and unencumbered software"):
		return "Unlicense"
	}
	return ""
}
