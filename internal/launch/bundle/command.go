package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

// CommandDeps are what the commands take from the program around them.
type CommandDeps struct {
	// Version is Kubemate's; empty is DefaultVersion.
	Version string
}

// NewCommand returns `kubemate bundle`.
func NewCommand(deps CommandDeps) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Build, check and move the container images that Kubemate brings along",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(buildCommand(deps), listCommand(), verifyCommand(), loadCommand(), exportCommand(), importCommand())
	return cmd
}

func buildCommand(deps CommandDeps) *cobra.Command {
	var o Options
	var verbose bool
	cmd := &cobra.Command{
		Use:   "build [IMAGE...]",
		Short: "Build the images that the cache lacks, from a checkout",
		RunE: func(cmd *cobra.Command, names []string) error {
			o.Version, o.Only = deps.Version, names
			o.Progress = func(detail string) { cmd.PrintErrln(detail) }
			if verbose {
				o.Output = cmd.ErrOrStderr()
			}
			if o.SourceDir == "" {
				var err error
				if o.SourceDir, err = buildcache.SourceRoot(); err != nil {
					return fmt.Errorf("%w: go there, or name it by --source", err)
				}
			}
			b, err := Build(cmd.Context(), o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), b.Dir)
			return err
		},
	}
	cmd.Flags().StringVar(&o.SourceDir, "source", "", "checkout to build from (the one around the working folder)")
	cmd.Flags().StringVar(&o.CacheDir, "cache-dir", "", "folder of the cache (${XDG_CACHE_HOME:-~/.cache}/kubemate)")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show the compiler's messages")
	return cmd
}

// dirFlag adds --bundle.
func dirFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("bundle", "", "folder of the bundle (the one that was built or imported last)")
}

func listCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the images of the bundle", Args: cobra.NoArgs}
	dir := dirFlag(cmd)
	output := cmd.Flags().StringP("output", "o", "table", "table, or json with every linked module")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		images, err := List(*dir)
		if err != nil {
			return err
		}
		switch *output {
		case "json":
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(images)
		case "table":
			return printImages(cmd.OutOrStdout(), images)
		}
		return fmt.Errorf("output %q is not known: use table or json", *output)
	}
	return cmd
}

func printImages(w io.Writer, images []Image) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tVERSION\tSIZE\tLICENCES\tDIGEST")
	for _, i := range images {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%.1f MB\t%s\t%s\n", i.Name, i.Version, float64(i.Size)/1e6, i.Licenses, i.Digest)
	}
	return table.Flush()
}

func verifyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "verify", Short: "Compare every file of the bundle with its digest", Args: cobra.NoArgs}
	dir := dirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b, err := Open(cmd.Context(), *dir)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d images, every digest is right\n", b.Dir, len(b.Manifest.Images))
		return err
	}
	return cmd
}

func loadCommand() *cobra.Command {
	var o LoadOptions
	cmd := &cobra.Command{
		Use: "load REGISTRY", Short: "Push the images to a registry, as host:port/prefix", Args: cobra.ExactArgs(1),
		Long: "Push the images to a registry, as host:port/prefix.\n\n" +
			"Credentials are those of the Docker configuration ($DOCKER_CONFIG/config.json).",
	}
	dir := dirFlag(cmd)
	cmd.Flags().BoolVar(&o.PlainHTTP, "plain-http", false, "the registry speaks HTTP without TLS")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := Open(cmd.Context(), *dir)
		if err != nil {
			return err
		}
		o.Registry = args[0]
		o.Progress = func(detail string) { cmd.PrintErrln(detail) }
		references, err := Load(cmd.Context(), b, o)
		for _, r := range references {
			_, _ = fmt.Fprintln(cmd.OutOrStdout(), r)
		}
		return err
	}
	return cmd
}

func exportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "export FILE", Short: "Write the bundle to one archive", Args: cobra.ExactArgs(1)}
	dir := dirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		b, err := Open(cmd.Context(), *dir)
		if err != nil {
			return err
		}
		f, err := os.Create(args[0])
		if err != nil {
			return err
		}
		if err := errors.Join(Export(cmd.Context(), b, f), f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(args[0]))
		}
		return nil
	}
	return cmd
}

func importCommand() *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Read an archive that export wrote, check it, and use it from now on", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			b, err := Import(cmd.Context(), f, o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), b.Dir)
			return err
		},
	}
	cmd.Flags().StringVar(&o.CacheDir, "cache-dir", "", "folder of the cache (${XDG_CACHE_HOME:-~/.cache}/kubemate)")
	return cmd
}
