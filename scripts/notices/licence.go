package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// expression is the SPDX expression of the licences in the files: all that are found, since a
// combined text must not pass for its mildest part.
func expression(files []file) (string, error) {
	var ids []string
	for _, f := range files {
		if !f.notice() {
			ids = append(ids, classify(f.Text)...)
		}
	}
	if len(ids) == 0 {
		return "", errors.New("none of its files is a known licence: it can't be handed on")
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " AND "), nil
}

// secondary is what the Mozilla licence says of others without being one of them.
const secondary = "the gnu general public license, version 2.0, the gnu lesser general public license, version 2.1, the gnu affero general public license, version 3.0"

// classify recognises licences by their own words; none when the text is no known one. That the
// GPL is named is enough: somebody has to look.
func classify(text string) []string {
	t := strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(text), " ")), secondary, "")
	has := func(s string) bool { return strings.Contains(t, s) }
	var ids []string
	add := func(id string, found bool) {
		if found {
			ids = append(ids, id)
		}
	}
	add("AGPL", has("gnu affero general public license"))
	add("LGPL", has("gnu lesser general public license") || has("gnu library general public license"))
	add("GPL", has("gnu general public license"))
	add("MPL-2.0", has("mozilla public license") && has("2.0"))
	add("SSPL-1.0", has("server side public license"))
	add("BUSL-1.1", has("business source license"))
	add("Elastic-2.0", has("elastic license"))
	add(apache, has("apache license") && has("version 2.0"))
	add("MIT", has("permission is hereby granted, free of charge"))
	add("ISC", has("permission to use, copy, modify, and/or distribute") || has("permission to use, copy, modify, and distribute"))
	binary := has("redistribution and use in source and binary forms")
	endorse := has("neither the name") || has("be used to endorse or promote products")
	add("BSD-3-Clause", binary && endorse)
	add("BSD-2-Clause", binary && !endorse)
	add("Zlib", has("this software is provided 'as-is', without any express or implied warranty"))
	add("Unlicense", has("this is free and unencumbered software"))
	add("CC0-1.0", has("cc0 1.0 universal"))
	return ids
}

// linkable licences may be linked into an Apache-2.0 program. MPL-2.0 is copyleft for its own
// files only.
var linkable = []string{
	apache, "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0", "0BSD", "Zlib", "Unlicense", "CC0-1.0", "BlueOak-1.0.0",
}

func mayLink(expression string) error {
	for _, id := range strings.Split(expression, " AND ") {
		if !slices.Contains(linkable, id) {
			return fmt.Errorf("its licence is %q, which may not be linked", id)
		}
	}
	return nil
}
