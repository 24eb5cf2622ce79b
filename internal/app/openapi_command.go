package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/config"
	"kubemate.io/kubemate/internal/core/kube"
)

func newOpenAPICommand() *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "Print the OpenAPI document of the server's API",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			document, err := OpenAPI(cmd.Context())
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(document)
			return err
		},
	}
}

// OpenAPI is the document of all operations. It needs no cluster.
func OpenAPI(ctx context.Context) ([]byte, error) {
	folder, err := os.MkdirTemp("", "kubemate-openapi-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	c := config.NewServer()
	c.DataDir = folder
	if err := c.Complete(); err != nil {
		return nil, err
	}
	p, err := newParts(ctx, c, kube.Fixed(&rest.Config{Host: "http://127.0.0.1:1"}), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.records.Close() }()
	return p.border.OpenAPI()
}
