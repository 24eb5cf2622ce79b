package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	intro = "# Third-party notices\n\nWritten by `go run ./scripts/notices`; `make test` fails when it is out of date.\n\n" +
		"Kubemate is under the Apache License 2.0 ([LICENSE](LICENSE)). It is built on the work of many others, named here with their licences. " +
		"Nothing under the AGPL or the GPL is linked into `kubemate` or its console; the check refuses it.\n"
	modulesTitle = "## Go modules\n\nLinked into `kubemate` and into the programs of the bundle (each a program of its own; every image carries the texts of its own modules under `/usr/share/licenses`).\n"
	debianTitle  = "## Debian packages\n\nPrograms of the machine that run as processes of their own. They come from Debian, with their texts in `/usr/share/doc/PACKAGE/copyright`; Kubemate neither links them nor hands them on.\n"
	npmTitle     = "## npm packages\n\nWhat the console is built on. Not all of it gets into the built files: some serve the build.\n"
	goTexts      = "## Texts of the Go modules\n"
	npmTexts     = "## Texts of the npm packages\n"
)

// render writes the file. The texts of npm packages come last, so that all before them can be
// compared where they are not installed.
func render(all parts) string {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("\n" + modulesTitle + "\n| module | version | licence | in |\n|---|---|---|---|\n")
	for _, c := range all.modules {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Name, c.Version, c.Licence, strings.Join(c.In, ", "))
	}
	b.WriteString("\n" + npmTitle + "\n| package | version | licence |\n|---|---|---|\n")
	for _, c := range all.packages {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Name, c.Version, c.Licence)
	}
	b.WriteString("\n" + debianTitle + "\n| package | for | licence of the program |\n|---|---|---|\n")
	for _, p := range all.debian {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.Name, p.For, p.Licence)
	}
	b.WriteString("\n" + goTexts)
	renderTexts(&b, all.modules)
	b.WriteString("\n" + npmTexts)
	renderTexts(&b, all.packages)
	return b.String()
}

// renderTexts writes each text once, with all whom it belongs to.
func renderTexts(b *strings.Builder, components []component) {
	texts := collection{}
	for _, c := range components {
		for _, f := range c.Files {
			texts.add(c, f)
		}
	}
	for _, t := range texts.sorted() {
		title := t.ID
		if title == "" {
			title = "Further text"
		}
		fmt.Fprintf(b, "\n### %s\n\n", title)
		var who []string
		for w := range t.By {
			who = append(who, w)
		}
		slices.Sort(who)
		for _, w := range who {
			names := strings.Join(t.By[w], ", ")
			if w == "" {
				fmt.Fprintf(b, "- %s\n", names)
				continue
			}
			fmt.Fprintf(b, "- %s: %s\n", names, w)
		}
		fence := "```"
		if strings.Contains(t.Body, fence) {
			fence = "~~~~"
		}
		fmt.Fprintf(b, "\n%s\n%s\n%s\n", fence, t.Body, fence)
	}
}
