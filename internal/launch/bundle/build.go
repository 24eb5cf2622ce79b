package bundle

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

// Options of Build. Only SourceDir has to be set.
type Options struct {
	// SourceDir is the root of a checkout.
	SourceDir string
	// CacheDir is where binaries, images and bundles are kept; empty is buildcache.Dir().
	CacheDir string
	// Version is Kubemate's, the tag of its own images; empty is DefaultVersion.
	Version string
	// Only names the images to build; empty is all. Such a bundle is not made the latest one.
	Only []string
	// Builder compiles programs; nil is the go command.
	Builder Builder
	// Recipes replaces the list of images; nil is Recipes(Version).
	Recipes []Recipe
	// Output gets the messages of long builds; nil drops them.
	Output io.Writer
	// Progress is told what is done, for the user. May be nil.
	Progress func(detail string)
	// Logger may be nil.
	Logger *slog.Logger
}

// DefaultVersion tags Kubemate's own images where no version is given.
const DefaultVersion = "0.1.0"

func (o Options) withDefaults() (Options, error) {
	var err error
	if o.CacheDir == "" {
		if o.CacheDir, err = buildcache.Dir(); err != nil {
			return o, err
		}
	}
	if o.Version == "" {
		o.Version = DefaultVersion
	}
	if o.Recipes == nil {
		o.Recipes = Recipes(o.Version)
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Only) > 0 {
		o.Recipes, err = selectRecipes(o.Recipes, o.Only)
	}
	return o, err
}

func selectRecipes(all []Recipe, names []string) ([]Recipe, error) {
	var selected []Recipe
	for _, name := range names {
		found := false
		for _, r := range all {
			if r.Name == name {
				selected, found = append(selected, r), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no image %q", name)
		}
	}
	return selected, nil
}

// Build makes the images that the cache lacks and returns the bundle of all.
// A second call with the same sources only checks digests.
func Build(ctx context.Context, o Options) (*Bundle, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "kubemate-bundle-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if o.Builder == nil {
		o.Builder = sourceBuilder{root: o.SourceDir, cacheDir: o.CacheDir, workDir: work, output: o.Output, progress: o.Progress}
	}
	unlock, err := lock(ctx, o.CacheDir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	cache := store{dir: o.CacheDir, logger: o.Logger}
	var keys, dirs []string
	for _, r := range o.Recipes {
		key, dir, err := buildImage(ctx, o, cache, r)
		if err != nil {
			return nil, err
		}
		keys, dirs = append(keys, key), append(dirs, dir)
	}
	dir, err := cache.ensure(ctx, "bundles", bundleKey(keys), func(dir string) error { return joinLayouts(dir, dirs) })
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if len(o.Only) == 0 {
		if err := cache.setLatest(dir); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	for _, kind := range []string{"images", "bundles", "programs"} {
		prune(filepath.Join(o.CacheDir, kind), time.Now())
	}
	return load(dir)
}

// buildImage returns the key and the folder of the recipe's image.
func buildImage(ctx context.Context, o Options, cache store, r Recipe) (key, dir string, err error) {
	if err := r.validate(); err != nil {
		return "", "", err
	}
	var programs []builtProgram
	for _, p := range r.programs() {
		file, err := o.Builder.Build(ctx, p)
		if err != nil {
			return "", "", fmt.Errorf("image %s: %w", r.Name, err)
		}
		built, err := inspect(p, file)
		if err != nil {
			return "", "", fmt.Errorf("image %s: %w", r.Name, err)
		}
		programs = append(programs, built)
	}
	if key, err = imageKey(r, programs); err != nil {
		return "", "", err
	}
	dir, err = cache.ensure(ctx, "images", r.Name+"-"+key, func(dir string) error {
		o.Progress("assembling image " + r.Name)
		return makeImage(ctx, dir, r, programs, o.SourceDir)
	})
	return key, dir, err
}

func makeImage(ctx context.Context, dir string, r Recipe, programs []builtProgram, sourceDir string) error {
	image, err := assemble(ctx, r, programs, sourceDir)
	if err != nil {
		return err
	}
	digest, err := image.Digest()
	if err != nil {
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	m, err := image.Manifest()
	if err != nil {
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	size, err := image.Size() // of the manifest
	if err != nil {
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	size += m.Config.Size
	for _, l := range m.Layers {
		size += l.Size
	}
	described := Image{
		Name: r.Name, Repository: r.Repository(), Version: r.Version, Title: r.Title,
		Digest: digest.String(), Size: size, Licenses: r.Licenses, Source: r.Source, Programs: []ImageProgram{},
	}
	for _, p := range programs {
		described.Programs = append(described.Programs, p.describe())
	}
	if err := writeImage(dir, image, described); err != nil {
		return fmt.Errorf("image %s: write to %s: %w", r.Name, filepath.Dir(dir), err)
	}
	return nil
}
