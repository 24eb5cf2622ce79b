package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// config is the file of sign-ins. It holds tokens: only its owner may read it.
type config struct {
	Current string             `json:"current,omitempty"` // key of Servers
	Servers map[string]*server `json:"servers"`           // address → sign-in
}

// server is one sign-in.
type server struct {
	User        string    `json:"user"`
	Token       string    `json:"token"`
	Expires     time.Time `json:"expires"`
	Fingerprint string    `json:"fingerprint,omitempty"`
	Cluster     string    `json:"cluster,omitempty"`
	Namespace   string    `json:"namespace,omitempty"`
}

func (s *server) cluster() string {
	if s == nil {
		return ""
	}
	return s.Cluster
}

func (s *server) namespace() string {
	if s == nil {
		return ""
	}
	return s.Namespace
}

// loadConfig reads the file; a missing one is empty.
func loadConfig(file string) (*config, error) {
	c := &config{Servers: map[string]*server{}}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, errs.New(errs.Internal, "the sign-ins in %s cannot be read", file).WithHint("check the rights of the file").Wrap(err)
	}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, errs.New(errs.Internal, "the sign-ins in %s are damaged", file).
			WithHint("remove the file and sign in again").Wrap(err)
	}
	if c.Servers == nil {
		c.Servers = map[string]*server{}
	}
	return c, nil
}

// save writes the file whole, readable by its owner only.
func (c *config) save(file string) error {
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("encode sign-ins: %w", err)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the sign-ins: %w", err)
	}
	// os.CreateTemp makes files of mode 0600.
	temp, err := os.CreateTemp(dir, ".config-*")
	if err != nil {
		return fmt.Errorf("write sign-ins: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(append(raw, '\n'))
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write sign-ins: %w", err)
	}
	return nil
}

func isSocket(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeSocket != 0
}
