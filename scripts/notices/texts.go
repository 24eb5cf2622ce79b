package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// text is one licence or notice, and all who come with it.
type text struct {
	Body string
	ID   string              // SPDX expression; "Notice" for a notice, "" for what is neither
	By   map[string][]string // names of components by their copyright lines
	Uses int
}

// copyrightLine is a line that says whose work it is; templates (Copyright [yyyy] …) say nothing.
var (
	copyrightLine = regexp.MustCompile(`(?i)^\W*(copyright|\(c\)|©)\W*(\(c\)|©)?\W*(\d{4}|by |the .*authors|[a-z].*\d{4})`)
	template      = regexp.MustCompile(`(?i)^\W*copyright\W*(\(c\)\W*)?[\[{<]y`)
	reserved      = regexp.MustCompile(`(?i)^\W*all rights reserved\W*$`)
	heading       = regexp.MustCompile(`(?i)^\W*((the )?(mit|isc|bsd|new bsd|simplified bsd|bsd 2-clause|bsd 3-clause)( license)?( \((mit|isc)\))?)\W*$`)
	notLetter     = regexp.MustCompile(`[^a-z0-9]+`)
)

// split takes the copyright lines out of a licence, so that equal licences of many people are
// equal texts.
func split(content string) (body string, copyrights []string) {
	var kept []string
	for line := range strings.Lines(strings.ReplaceAll(content, "\r\n", "\n")) {
		line = strings.TrimRight(line, " \t\n")
		switch {
		case template.MatchString(line), reserved.MatchString(line), heading.MatchString(line):
		case copyrightLine.MatchString(line):
			copyrights = append(copyrights, strings.Trim(strings.Join(strings.Fields(line), " "), "*#/ "))
		case line == "" && (len(kept) == 0 || kept[len(kept)-1] == ""):
		default:
			kept = append(kept, line)
		}
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n"), copyrights
}

const (
	noticeID = "Notice"
	apache   = "Apache-2.0"
)

// howToApply begins the appendix of the Apache licence, which grants nothing. It is cut off where
// the text is that licence alone: it is what many copies differ in.
const howToApply = "APPENDIX: How to apply the Apache License"

// collection gathers texts by what they say, whatever their spaces and bullets.
type collection map[string]*text

func (c collection) add(of component, f file) {
	body, copyrights := f.Text, []string(nil)
	id := strings.Join(classify(f.Text), " AND ")
	if f.notice() {
		id, body = noticeID, strings.TrimSpace(strings.ReplaceAll(f.Text, "\r\n", "\n"))
	} else {
		body, copyrights = split(body)
		if id == apache {
			body, _, _ = strings.Cut(body, howToApply)
			body = strings.TrimSpace(body)
		}
	}
	key := id + notLetter.ReplaceAllString(strings.ToLower(body), "")
	t := c[key]
	if t == nil {
		t = &text{Body: body, ID: id, By: map[string][]string{}}
		c[key] = t
	}
	who := strings.Join(copyrights, "; ")
	if !slices.Contains(t.By[who], of.Name) {
		t.By[who] = append(t.By[who], of.Name)
		t.Uses++
	}
}

// sorted gives the texts by licence, the most used first.
func (c collection) sorted() []*text {
	var list []*text
	for _, t := range c {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *text) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(b.Uses, a.Uses), strings.Compare(a.Body, b.Body))
	})
	return list
}
