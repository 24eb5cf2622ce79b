package main

import (
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Apache License\n  Version 2.0, January 2004", "Apache-2.0"},
		{"Permission is hereby granted, free\nof charge, to any person", "MIT"},
		{"Redistribution and use in source and binary forms … Neither the name of", "BSD-3-Clause"},
		{"Redistribution and use in source and binary forms, with or without", "BSD-2-Clause"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "AGPL"},
		{"The MIT License. Permission is hereby granted, free of charge … or the GNU General Public License v2", "GPL AND MIT"},
		{"Mozilla Public License Version 2.0 … means either " + strings.ToUpper(secondary), "MPL-2.0"},
		{"Mozilla Public License Version 2.0 … means either " + secondary + " … GNU Affero General Public License", "AGPL AND MPL-2.0"},
		{"Business Source License 1.1", "BUSL-1.1"},
		{"All rights reserved.", ""},
	} {
		if got := strings.Join(classify(c.text), " AND "); got != c.want {
			t.Errorf("classify(%.40q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestExpressionNamesAll(t *testing.T) {
	got, err := expression([]file{
		{"LICENSE", "Permission is hereby granted, free of charge"},
		{"copied/LICENSE", "Apache License Version 2.0"},
		{"NOTICE", "GNU General Public License is spoken of here"},
	})
	if err != nil || got != "Apache-2.0 AND MIT" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := expression([]file{{"LICENSE", "ask us"}}); err == nil {
		t.Error("an unknown licence was taken")
	}
}

func TestLegalName(t *testing.T) {
	for name, want := range map[string]bool{
		"LICENSE": true, "license.md": true, "LICENSE-3RD-PARTY.md": true, "LICENSE_APACHE": true, "NOTICE.txt": true, "COPYING": true,
		"licenses.go": false, "licensing.md": false, "LICENSE.docs": false, "notice.json": false, "README.md": false,
	} {
		if legalName(name) != want {
			t.Errorf("legalName(%q) = %v", name, !want)
		}
	}
}
