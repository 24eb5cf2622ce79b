package main

import "testing"

func TestClassify(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Apache License\n  Version 2.0, January 2004", "Apache-2.0"},
		{"Permission is hereby granted, free\nof charge, to any person", "MIT"},
		{"Redistribution and use in source and binary forms … Neither the name of", "BSD-3-Clause"},
		{"Redistribution and use in source and binary forms, with or without", "BSD-2-Clause"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "AGPL-3.0"},
		{"The MIT License. Permission is hereby granted, free of charge … GNU General Public License v2", "GPL"},
		{"Mozilla Public License Version 2.0 … GNU General Public License … Secondary License", "MPL-2.0"},
		{"All rights reserved.", ""},
	} {
		if got := classify(c.text); got != c.want {
			t.Errorf("classify(%.40q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestRenderRefusesCopyleft(t *testing.T) {
	if _, err := render([]component{{"example.org/x", "v1", "AGPL-3.0"}}, nil); err == nil {
		t.Error("an AGPL module was accepted for linking")
	}
	if _, err := render(nil, []component{{"primevue", "5.0.0", "SEE LICENSE IN LICENSE.md"}}); err == nil {
		t.Error("a commercial package was accepted for linking")
	}
}
