package config

import (
	"os"
	"path/filepath"
)

// DataDir is the default data folder: of the system for root, of the user otherwise.
func DataDir() string {
	if os.Getuid() == 0 {
		return "/var/lib/kubemate"
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "kubemate")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, ".local", "share", "kubemate")
}

// AdminSocket is where the server of a data folder listens for the host's administrators.
func AdminSocket(dataDir string) string { return filepath.Join(dataDir, "run", "server.sock") }
