package arch_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A link that leads nowhere costs its reader more than a missing one: he looks for what is not
// there. Links to other hosts are not followed: there may be no internet.
func TestLinksResolve(t *testing.T) {
	links := 0
	for path, content := range documents(t) {
		for _, target := range linksOf(content) {
			links++
			if problem := follow(t, path, target); problem != "" {
				t.Errorf("%s links to %s: %s", path, target, problem)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found: the rule would check nothing", links)
	}
}

// Every page can be reached from the index of the documentation, which says what it is for.
func TestIndexNamesEveryPage(t *testing.T) {
	const index = "docs/README.md"
	pages := documents(t)
	var named []string
	for _, target := range linksOf(pages[index]) {
		file, _, _ := strings.Cut(target, "#")
		named = append(named, filepath.ToSlash(filepath.Join("docs", file)))
	}
	for path := range pages {
		if strings.HasPrefix(path, "docs/") && path != index && !slices.Contains(named, path) {
			t.Errorf("%s does not name %s", index, path)
		}
	}
}

// One word per capability, in the reference too.
func TestFeaturesHaveAReference(t *testing.T) {
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range folders(t, filepath.Join(top, "internal", "feature")) {
		if _, err := os.Stat(filepath.Join(top, "docs", "reference", word+".md")); err != nil {
			t.Errorf("internal/feature/%s has no docs/reference/%s.md", word, word)
		}
	}
}

func TestLinksOf(t *testing.T) {
	const text = "[a](x.md) ![b](p/q.png) `[c](no.md)` <!-- [d](no.md) -->\n```\n[e](no.md)\n```\n[`f`](y.md#z) [g](https://example.org) [h](#here)\n"
	if got, want := linksOf(text), []string{"x.md", "p/q.png", "y.md#z", "#here"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnchor(t *testing.T) {
	for heading, want := range map[string]string{
		"## Who may manage users":     "who-may-manage-users",
		"### What `up` does, and why": "what-up-does-and-why",
	} {
		if got := anchor(heading); got != want {
			t.Errorf("anchor(%q) = %q, want %q", heading, got, want)
		}
	}
}

// documents are the Markdown files that people write, by their path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if d.IsDir() {
			if name := d.Name(); slices.Contains([]string{"node_modules", "testdata", "dist", "results", "shared"}, name) || (name != "." && strings.HasPrefix(name, ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".md" || relative == "THIRD_PARTY_NOTICES.md" { // written by a program, from other people's words
			return nil
		}
		content, err := os.ReadFile(path)
		out[relative] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	comment   = regexp.MustCompile(`(?s)<!--.*?-->`)
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	remote    = regexp.MustCompile(`^[a-z]+:`)
)

// linksOf finds the targets of links and pictures within the repository.
func linksOf(text string) []string {
	text = comment.ReplaceAllString(codeBlock.ReplaceAllString(text, ""), "")
	text = codeSpan.ReplaceAllString(text, "")
	var out []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if !remote.MatchString(m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// follow says what is wrong with a link of a file; "" when it leads somewhere.
func follow(t *testing.T, from, target string) string {
	t.Helper()
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	file, fragment, _ := strings.Cut(target, "#")
	if file, err = url.PathUnescape(file); err != nil {
		return "it is no path"
	}
	path := from
	if file != "" {
		path = filepath.ToSlash(filepath.Join(filepath.Dir(from), file))
	}
	if path == ".." || strings.HasPrefix(path, "../") {
		return "it leads out of the repository"
	}
	info, err := os.Stat(filepath.Join(top, filepath.FromSlash(path)))
	if err != nil {
		return "there is no such file"
	}
	if fragment == "" || info.IsDir() || filepath.Ext(path) != ".md" {
		return ""
	}
	content, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(codeBlock.ReplaceAllString(string(content), "")) {
		if strings.HasPrefix(line, "#") && anchor(line) == fragment {
			return ""
		}
	}
	return "it has no heading " + fragment
}

var notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// anchor is the fragment that a heading is reached by.
func anchor(heading string) string {
	text := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(heading), "#"))
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(text), ""), " ", "-")
}
