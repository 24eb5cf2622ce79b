// Command notices writes THIRD_PARTY_NOTICES.md: every Go module that is linked into Kubemate and
// the programs of its bundle, every npm package that the console is built on, and the Debian
// packages that run beside them, with version and licence, and each licence text once. It refuses
// what may not be linked.
//
//	go run ./scripts/notices          # write the file
//	go run ./scripts/notices -check   # fail when it is not as it should be
//
// It needs the modules (the go command fetches them) and, for the texts of npm packages,
// web/node_modules. Without that folder -check compares what package-lock.json says, and leaves
// the texts alone: the lock file's checksums vouch for them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const output = "THIRD_PARTY_NOTICES.md"

func main() {
	check := flag.Bool("check", false, "compare with the file instead of writing it")
	flag.Parse()
	if err := run(context.Background(), *check); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it in the root of the checkout")
	}
	texts, err := haveTexts("web")
	if err != nil {
		return err
	}
	if !texts && !check {
		return errors.New("web/node_modules is missing, and with it the licence texts of the console's packages: run npm ci in web")
	}
	all, err := collect(ctx, texts)
	if err != nil {
		return err
	}
	if err := refuse(all); err != nil {
		return err
	}
	want := render(all)
	if !check {
		return os.WriteFile(output, []byte(want), 0o644)
	}
	have, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	if err := same(string(have), want, texts); err != nil {
		return err
	}
	fmt.Printf("licences: %d Go modules, %d npm packages, all allowed\n", len(all.modules), len(all.packages))
	return nil
}

// parts is everything that a notice is due for.
type parts struct {
	modules  []component // linked into programs
	packages []component // of the console
	debian   []debianPackage
}

func collect(ctx context.Context, npmTexts bool) (parts, error) {
	programs, err := findPrograms(".")
	if err != nil {
		return parts{}, err
	}
	modules, err := goModules(ctx, programs)
	if err != nil {
		return parts{}, err
	}
	packages, err := npmPackages("web", npmTexts)
	return parts{modules, packages, debianPackages()}, err
}

// haveTexts says whether the console's packages are installed.
func haveTexts(web string) (bool, error) {
	_, err := os.Stat(filepath.Join(web, "node_modules"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
