// Command notices writes THIRD_PARTY_NOTICES.md: every module and package that is compiled into
// Kubemate or its console, its version and its licence; it refuses licences that may not be linked.
//
//	go run ./scripts/notices          # write the file
//	go run ./scripts/notices -check   # fail when it is not as it should be
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"sort"
)

const output = "THIRD_PARTY_NOTICES.md"

// component is one third-party part.
type component struct {
	Name    string
	Version string
	Licence string // SPDX identifier
}

func main() {
	check := flag.Bool("check", false, "compare with the file instead of writing it")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	goParts, err := goComponents("./cmd/kubemate", "./demo/cmd/demo-bank")
	if err != nil {
		return err
	}
	npmParts, err := npmComponents("web")
	if err != nil {
		return err
	}
	want, err := render(goParts, npmParts)
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(output, want, 0o644)
	}
	have, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%s is out of date: run `go run ./scripts/notices` and commit it", output)
	}
	fmt.Printf("licences: %d Go modules, %d npm packages, all allowed\n", len(goParts), len(npmParts))
	return nil
}

func render(goParts, npmParts []component) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Third-party notices\n\nWritten by `go run ./scripts/notices`. The licence texts come with each module's and package's source.\n")
	b.WriteString("The images of the bundle are separate programs; `kubemate bundle list` names theirs.\n")
	for _, part := range []struct {
		title string
		list  []component
	}{{"Go modules compiled into kubemate and the demo bank", goParts}, {"npm packages compiled into the console", npmParts}} {
		fmt.Fprintf(&b, "\n## %s\n\n| name | version | licence |\n|---|---|---|\n", part.title)
		sort.Slice(part.list, func(i, j int) bool { return part.list[i].Name < part.list[j].Name })
		for _, c := range part.list {
			if !allowed(c.Licence) {
				return nil, fmt.Errorf("%s %s has licence %q, which may not be linked", c.Name, c.Version, c.Licence)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Name, c.Version, c.Licence)
		}
	}
	return b.Bytes(), nil
}
