package registry

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// refName is the annotation that holds "repository:tag" in a layout's index.
const refName = "org.opencontainers.image.ref.name"

// object is a manifest or a blob.
type object struct {
	digest    string
	mediaType string
	size      int64
	file      string
}

// content is all that can be fetched, by repository.
type content struct {
	manifests map[string]map[string]object // repository → tag or digest
	blobs     map[string]map[string]object // repository → digest
	tags      map[string][]string          // repository → sorted tags
}

// readContent reads the index of the layout in dir and the manifests it names.
func readContent(dir string) (*content, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	listed, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	c := &content{manifests: map[string]map[string]object{}, blobs: map[string]map[string]object{}, tags: map[string][]string{}}
	for _, d := range listed.Manifests {
		repository, tag, found := strings.Cut(d.Annotations[refName], ":")
		if !found {
			continue // an image without a name can't be asked for
		}
		if err := c.add(dir, index, repository, tag, d); err != nil {
			return nil, fmt.Errorf("image %s:%s: %w", repository, tag, err)
		}
	}
	return c, nil
}

func (c *content) add(dir string, index v1.ImageIndex, repository, tag string, d v1.Descriptor) error {
	image, err := index.Image(d.Digest)
	if err != nil {
		return err
	}
	m, err := image.Manifest()
	if err != nil {
		return err
	}
	if c.manifests[repository] == nil {
		c.manifests[repository], c.blobs[repository] = map[string]object{}, map[string]object{}
	}
	manifest := objectOf(dir, d)
	c.manifests[repository][tag] = manifest
	c.manifests[repository][manifest.digest] = manifest
	c.tags[repository] = append(c.tags[repository], tag)
	slices.Sort(c.tags[repository])
	for _, blob := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		o := objectOf(dir, blob)
		c.blobs[repository][o.digest] = o
	}
	return nil
}

// objectOf relies on v1.Hash, which only holds an algorithm and hexadecimal digits.
func objectOf(dir string, d v1.Descriptor) object {
	return object{
		digest: d.Digest.String(), mediaType: string(d.MediaType), size: d.Size,
		file: filepath.Join(dir, "blobs", d.Digest.Algorithm, d.Digest.Hex),
	}
}
