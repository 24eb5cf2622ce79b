package bundle

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// LoadOptions say where Load pushes to.
type LoadOptions struct {
	// Registry is host[:port][/prefix], as registry.bank.internal/platform.
	Registry string
	// PlainHTTP speaks HTTP without TLS to a registry that is not on this machine.
	PlainHTTP bool
	// Keychain finds credentials; nil is that of the Docker configuration.
	Keychain authn.Keychain
	// Progress is told what is pushed. May be nil.
	Progress func(detail string)
}

// Load pushes every image that pods run to a registry and returns the full names
// under which they can be pulled there. Blobs that it has are not sent again.
func Load(ctx context.Context, b *Bundle, o LoadOptions) ([]string, error) {
	if o.Keychain == nil {
		o.Keychain = authn.DefaultKeychain
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	index, err := layout.ImageIndexFromPath(b.Dir)
	if err != nil {
		return nil, err
	}
	var loaded []string
	for _, i := range b.Manifest.Images {
		if i.Name == Node {
			continue // programs for a host, of no use to pods
		}
		reference := strings.TrimSuffix(o.Registry, "/") + "/" + i.Repository + ":" + i.Version
		o.Progress("pushing " + reference)
		if err := push(ctx, index, i, reference, o); err != nil {
			return loaded, fmt.Errorf("push %s: %w", reference, err)
		}
		loaded = append(loaded, reference+"@"+i.Digest)
	}
	return loaded, nil
}

func push(ctx context.Context, index v1.ImageIndex, i Image, reference string, o LoadOptions) error {
	options := []name.Option{name.StrictValidation}
	if o.PlainHTTP {
		options = append(options, name.Insecure)
	}
	tag, err := name.NewTag(reference, options...)
	if err != nil {
		return err
	}
	digest, err := v1.NewHash(i.Digest)
	if err != nil {
		return err
	}
	image, err := index.Image(digest)
	if err != nil {
		return err
	}
	return remote.Write(tag, image, remote.WithContext(ctx), remote.WithAuthFromKeychain(o.Keychain))
}
