package hostjournal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// run executes a tool with a bounded output; its error holds what the tool said.
func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, msg bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &msg
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(msg.String()))
	}
	return out.String(), nil
}

// undoLink deletes the interface e.Name.
func undoLink(ctx context.Context, e Entry) error {
	if _, err := os.Lstat(filepath.Join("/sys/class/net", e.Name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, err := run(ctx, "ip", "link", "delete", "dev", e.Name)
	return err
}

// undoNFTable deletes the table e.Name ("ip kube-proxy").
func undoNFTable(ctx context.Context, e Entry) error {
	tables, err := run(ctx, "nft", "list", "tables")
	if errors.Is(err, exec.ErrNotFound) {
		return nil // without nft there was never a table of ours
	}
	if err != nil {
		return err
	}
	if !strings.Contains("\n"+tables, "\ntable "+e.Name+"\n") {
		return nil
	}
	_, err = run(ctx, "nft", append([]string{"delete", "table"}, strings.Fields(e.Name)...)...)
	return err
}

// NFTableExists tells whether a table ("ip nat") is there.
func NFTableExists(ctx context.Context, name string) (bool, error) {
	tables, err := run(ctx, "nft", "list", "tables")
	if err != nil {
		return false, err
	}
	return strings.Contains("\n"+tables, "\ntable "+name+"\n"), nil
}
