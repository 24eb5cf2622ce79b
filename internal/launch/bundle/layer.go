package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// madeAt is the time of every file and image: a real one would make each build
// another image.
var madeAt = time.Unix(0, 0).UTC()

// tarEntry is one member of a layer; its content comes from data or from file.
type tarEntry struct {
	header tar.Header
	data   []byte
	file   string
}

// resolver turns the entries of a recipe into members of a tar archive.
type resolver struct {
	built     map[Program]builtProgram
	moduleDir func(p Program) string
	agpl      bool
	licenses  map[Program][]byte // texts that were collected already
}

// layer makes a layer whose content depends on nothing but the entries.
func (r *resolver) layer(ctx context.Context, l Layer) (v1.Layer, error) {
	members := map[string]tarEntry{}
	for _, e := range l.Entries {
		if err := r.add(ctx, members, e); err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Name, err)
		}
	}
	sorted := withParents(members)
	opener := func() (io.ReadCloser, error) {
		pr, pw := io.Pipe()
		// Ends when all is written, or when the reader closes.
		go func() { pw.CloseWithError(writeTar(pw, sorted)) }()
		return pr, nil
	}
	return tarball.LayerFromOpener(opener, tarball.WithCompressedCaching, tarball.WithMediaType(types.OCILayer))
}

func (r *resolver) add(ctx context.Context, members map[string]tarEntry, e Entry) error {
	name := strings.TrimPrefix(e.Path, "/")
	header := tar.Header{Name: name, Mode: tarMode(e.Mode), Uid: e.Owner, Gid: e.Owner, ModTime: madeAt, Typeflag: tar.TypeReg}
	switch {
	case e.Folder:
		header.Typeflag, header.Name = tar.TypeDir, name+"/"
		members[name] = tarEntry{header: header}
	case e.Target != "":
		header.Typeflag, header.Linkname, header.Mode = tar.TypeSymlink, e.Target, 0o777
		members[name] = tarEntry{header: header}
	case e.Program != nil:
		return r.addProgram(ctx, members, e, header)
	default:
		header.Size = int64(len(e.Data))
		members[name] = tarEntry{header: header, data: e.Data}
	}
	return nil
}

// addProgram adds the file, the licences of what is linked into it, and its links.
func (r *resolver) addProgram(ctx context.Context, members map[string]tarEntry, e Entry, header tar.Header) error {
	p := r.built[*e.Program]
	header.Size = p.size
	members[header.Name] = tarEntry{header: header, file: p.file}

	texts, known := r.licenses[*e.Program]
	if !known {
		var err error
		if texts, err = licenseTexts(ctx, p, r.moduleDir(*e.Program), r.agpl); err != nil {
			return err
		}
		r.licenses[*e.Program] = texts
	}
	name := "usr/share/licenses/" + p.Binary + "/THIRD-PARTY.txt"
	members[name] = tarEntry{
		header: tar.Header{Name: name, Mode: 0o644, Size: int64(len(texts)), ModTime: madeAt, Typeflag: tar.TypeReg},
		data:   texts,
	}
	if !e.ToolLinks {
		return nil
	}
	tools, err := p.toolNames(ctx)
	if err != nil {
		return err
	}
	for _, tool := range tools {
		link := path.Join(path.Dir(header.Name), tool)
		if _, taken := members[link]; taken {
			continue
		}
		members[link] = tarEntry{header: tar.Header{
			Name: link, Mode: 0o777, ModTime: madeAt, Typeflag: tar.TypeSymlink, Linkname: path.Base(header.Name),
		}}
	}
	return nil
}

func tarMode(mode fs.FileMode) int64 {
	bits := int64(mode.Perm())
	if mode&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	return bits
}

// withParents adds missing folders and sorts: parents come before what is in them.
func withParents(members map[string]tarEntry) []tarEntry {
	for name := range members {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, there := members[dir]; !there {
				members[dir] = tarEntry{header: tar.Header{Name: dir + "/", Mode: 0o755, ModTime: madeAt, Typeflag: tar.TypeDir}}
			}
		}
	}
	sorted := make([]tarEntry, 0, len(members))
	for _, m := range members {
		sorted = append(sorted, m)
	}
	slices.SortFunc(sorted, func(a, b tarEntry) int { return strings.Compare(a.header.Name, b.header.Name) })
	return sorted
}

func writeTar(w io.Writer, members []tarEntry) error {
	tw := tar.NewWriter(w)
	for _, m := range members {
		header := m.header
		if err := tw.WriteHeader(&header); err != nil {
			return err
		}
		if err := writeContent(tw, m); err != nil {
			return fmt.Errorf("%s: %w", m.header.Name, err)
		}
	}
	return tw.Close()
}

func writeContent(w io.Writer, m tarEntry) error {
	if m.file == "" {
		_, err := io.Copy(w, bytes.NewReader(m.data))
		return err
	}
	f, err := os.Open(m.file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}
