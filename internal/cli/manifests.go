package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// maxManifests bounds the text of one apply, as the server does.
const maxManifests = 2 << 20

// manifests is the text of several files, and which line is of which.
type manifests struct {
	yaml  string
	parts []manifestPart
}

type manifestPart struct {
	file  string
	first int // line of the whole text where the file begins, from 1
}

// where names a line of the text: "app.yaml:12".
func (m *manifests) where(line int) string {
	for _, p := range slices.Backward(m.parts) {
		if line >= p.first {
			return fmt.Sprintf("%s:%d", p.file, line-p.first+1)
		}
	}
	return fmt.Sprintf("line %d", line)
}

// readManifests reads files, folders and standard input ("-") into one text.
func (inv *invocation) readManifests(files []string) (*manifests, error) {
	if len(files) == 0 {
		return nil, usage("which file? Give -f FILE, -f FOLDER or -f -")
	}
	m := &manifests{}
	var text strings.Builder
	line := 1
	add := func(name string, raw []byte) error {
		if text.Len() > 0 {
			text.WriteString("---\n")
			line++
		}
		if text.Len()+len(raw) > maxManifests {
			return errs.New(errs.TooLarge, "the files hold more than %d MiB", maxManifests>>20).WithHint("apply them in several parts")
		}
		m.parts = append(m.parts, manifestPart{file: name, first: line})
		text.Write(raw)
		line += bytes.Count(raw, []byte("\n"))
		if !bytes.HasSuffix(raw, []byte("\n")) {
			text.WriteByte('\n')
			line++
		}
		return nil
	}
	for _, file := range files {
		if err := inv.eachManifest(file, add); err != nil {
			return nil, err
		}
	}
	m.yaml = text.String()
	return m, nil
}

func (inv *invocation) eachManifest(file string, add func(name string, raw []byte) error) error {
	if file == "-" {
		raw, err := io.ReadAll(io.LimitReader(inv.in, maxManifests+1))
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		return add("standard input", raw)
	}
	info, err := os.Stat(file)
	if err != nil {
		return errs.New(errs.NotFound, "%s cannot be read: %s", file, pathProblem(err))
	}
	if !info.IsDir() {
		return addFile(file, add)
	}
	entries, err := os.ReadDir(file)
	if err != nil {
		return errs.New(errs.NotFound, "%s cannot be read: %s", file, pathProblem(err))
	}
	found := false
	for _, entry := range entries {
		if ext := filepath.Ext(entry.Name()); !entry.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, ext) {
			found = true
			if err := addFile(filepath.Join(file, entry.Name()), add); err != nil {
				return err
			}
		}
	}
	if !found {
		return errs.New(errs.NotFound, "folder %s holds no *.yaml, *.yml or *.json", file)
	}
	return nil
}

func addFile(file string, add func(name string, raw []byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return errs.New(errs.NotFound, "%s cannot be read: %s", file, pathProblem(err))
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxManifests+1))
	if err != nil {
		return errs.New(errs.Internal, "%s cannot be read: %s", file, pathProblem(err))
	}
	return add(file, raw)
}

// manifestHead is what says which object a document is.
type manifestHead struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Items []manifestHead `json:"items"`
}

// objectsOfFiles gives the objects that files name, last first: what was made last goes first.
func (inv *invocation) objectsOfFiles(ctx context.Context, files []string) ([]object, error) {
	text, err := inv.readManifests(files)
	if err != nil {
		return nil, err
	}
	var found []object
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text.yaml)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errs.New(errs.Invalid, "the files are no YAML").Wrap(err)
		}
		var head manifestHead
		if err := yaml.Unmarshal(doc, &head); err != nil {
			return nil, errs.New(errs.Invalid, "the files are no YAML: %s", clean(err.Error()))
		}
		if found, err = inv.appendObjects(ctx, found, head); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, usage("the files name no objects")
	}
	slices.Reverse(found)
	return found, nil
}

func (inv *invocation) appendObjects(ctx context.Context, found []object, head manifestHead) ([]object, error) {
	if strings.HasSuffix(head.Kind, "List") && head.Metadata.Name == "" {
		for _, item := range head.Items {
			var err error
			if found, err = inv.appendObjects(ctx, found, item); err != nil {
				return nil, err
			}
		}
		return found, nil
	}
	if head.Kind == "" && head.APIVersion == "" {
		return found, nil // an empty document
	}
	if head.Metadata.Name == "" {
		return nil, errs.New(errs.Invalid, "a %s of the files has no name", firstOf(head.Kind, "document"))
	}
	group, _, grouped := strings.Cut(head.APIVersion, "/")
	name := head.Kind
	if grouped {
		name += "." + group
	}
	kind, err := inv.kind(ctx, name)
	if err != nil {
		return nil, err
	}
	o := object{kind: kind, ref: kube.Ref{Cluster: inv.cluster, Resource: kind.Resource, Name: head.Metadata.Name}}
	if kind.Namespaced {
		o.ref.Namespace = firstOf(head.Metadata.Namespace, inv.namespace)
	}
	return append(found, o), nil
}
