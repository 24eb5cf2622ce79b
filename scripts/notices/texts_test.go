package main

import (
	"strings"
	"testing"
)

const mit = "Permission is hereby granted, free of charge, to any person\nobtaining a copy"

// Equal licences of different people stand in the file once, with all their names.
func TestTextsAreGrouped(t *testing.T) {
	c := collection{}
	for name, content := range map[string]string{
		"a": "MIT License\n\nCopyright (c) 2015 Ada\n\n" + mit,
		"b": "The MIT License (MIT)\n\nCopyright © 2016-2020 Bob. All rights reserved.\r\n\r\n  " + strings.ReplaceAll(mit, "\n", "\r\n  "),
		"c": "Copyright 2009 The Go Authors\nAll rights reserved.\n\n" + mit,
	} {
		c.add(component{Name: name}, file{"LICENSE", content})
	}
	if len(c) != 1 {
		t.Fatalf("%d texts: %v", len(c), c)
	}
	text := c.sorted()[0]
	for who, name := range map[string]string{
		"Copyright (c) 2015 Ada": "a", "Copyright © 2016-2020 Bob. All rights reserved.": "b", "Copyright 2009 The Go Authors": "c",
	} {
		if strings.Join(text.By[who], " ") != name {
			t.Errorf("%q belongs to %v, want %s: %v", who, text.By[who], name, text.By)
		}
	}
	if text.ID != "MIT" || text.Uses != 3 || strings.Contains(text.Body, "2015") {
		t.Errorf("got %+v", text)
	}
}

// What a licence says of copyright is no copyright line.
func TestSplitKeepsTheLicence(t *testing.T) {
	const kept = "copyright notice, this list of conditions and the following disclaimer.\nCOPYRIGHT HOLDERS OR CONTRIBUTORS BE LIABLE FOR ANY\ncopyright license to reproduce, prepare Derivative Works of,"
	body, who := split("Copyright [yyyy] [name of copyright owner]\n" + kept)
	if body != kept || len(who) != 0 {
		t.Errorf("got %q and %q", body, who)
	}
}

func TestNoticesStayWhole(t *testing.T) {
	c := collection{}
	c.add(component{Name: "a"}, file{"NOTICE", "Copyright 2014 Ada\nThis product includes …"})
	if got := c.sorted()[0]; got.ID != noticeID || !strings.HasPrefix(got.Body, "Copyright 2014 Ada") {
		t.Errorf("got %+v", got)
	}
}

func TestSame(t *testing.T) {
	npm := []component{{Name: "p", Version: "1", Licence: "MIT", Files: []file{{"LICENSE", mit}}}}
	whole := render(parts{packages: npm})
	npm[0].Files = nil
	without := render(parts{packages: npm})
	if err := same(whole, whole, true); err != nil {
		t.Error(err)
	}
	if err := same(whole, without, false); err != nil {
		t.Errorf("the texts of packages that are not installed were compared: %v", err)
	}
	if err := same(whole, without, true); err == nil {
		t.Error("a missing text was not found")
	}
	npm[0].Version = "2"
	if err := same(whole, render(parts{packages: npm}), false); err == nil || !strings.Contains(err.Error(), "| p | 2 | MIT |") {
		t.Errorf("another version was not found: %v", err)
	}
}
