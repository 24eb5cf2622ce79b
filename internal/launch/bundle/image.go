package bundle

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// assemble makes the image of a recipe from its programs.
func assemble(ctx context.Context, r Recipe, programs []builtProgram, sourceDir string) (v1.Image, error) {
	res := &resolver{
		built:     map[Program]builtProgram{},
		moduleDir: func(p Program) string { return filepath.Join(sourceDir, p.Module) },
		licenses:  map[Program][]byte{},
	}
	for _, p := range programs {
		res.built[p.Program] = p
		if r.Upstream == "" {
			continue
		}
		if v := p.moduleVersion(r.Upstream); v != r.Version {
			return nil, fmt.Errorf("image %s is called %s, but %s in its program is %q: correct the recipe or go.mod", r.Name, r.Version, r.Upstream, v)
		}
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	for _, l := range r.Layers {
		layer, err := res.layer(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("image %s: %w", r.Name, err)
		}
		image, err = mutate.Append(image, mutate.Addendum{
			Layer:   layer,
			History: v1.History{Created: v1.Time{Time: madeAt}, CreatedBy: "kubemate bundle: " + l.Name},
		})
		if err != nil {
			return nil, fmt.Errorf("image %s: %w", r.Name, err)
		}
	}
	return mutate.ConfigFile(image, configFile(r, image))
}

// configFile fills in what a container runtime reads, and the standard labels.
func configFile(r Recipe, image v1.Image) *v1.ConfigFile {
	config, err := image.ConfigFile()
	if err != nil {
		config = &v1.ConfigFile{}
	}
	config = config.DeepCopy()
	config.Created = v1.Time{Time: madeAt}
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Author = ""
	config.Config = v1.Config{
		User: r.Config.User, Entrypoint: r.Config.Entrypoint, Cmd: r.Config.Cmd,
		Env: r.Config.Env, WorkingDir: r.Config.WorkingDir,
		Labels: map[string]string{
			"org.opencontainers.image.title":    r.Title,
			"org.opencontainers.image.version":  r.Version,
			"org.opencontainers.image.licenses": r.Licenses,
			"org.opencontainers.image.source":   r.Source,
			"org.opencontainers.image.vendor":   "Kubemate",
		},
	}
	return config
}
