package preflight

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Listener finds the process through its open socket's inode; other users' processes can only be seen by root.
func (thisHost) Listener(port int) Proc {
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		if data, err := os.ReadFile(table); err == nil {
			for _, inode := range listeningInodes(data, port) {
				inodes["socket:["+inode+"]"] = true
			}
		}
	}
	if len(inodes) == 0 {
		return Proc{}
	}
	fds, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return Proc{}
	}
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err != nil || !inodes[target] {
			continue
		}
		dir := filepath.Dir(filepath.Dir(fd))
		pid, err := strconv.Atoi(filepath.Base(dir))
		name, nameErr := os.ReadFile(filepath.Join(dir, "comm"))
		if err == nil && nameErr == nil {
			return Proc{PID: pid, Name: strings.TrimSpace(string(name)), Instance: instanceOf(dir)}
		}
	}
	return Proc{}
}

// listeningInodes finds in a table such as /proc/net/tcp the sockets that listen on port.
func listeningInodes(table []byte, port int) []string {
	const listen = "0A"
	var inodes []string
	scanner := bufio.NewScanner(bytes.NewReader(table))
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		if len(fields) < 10 || fields[3] != listen {
			continue
		}
		_, hex, ok := strings.Cut(fields[1], ":")
		if p, err := strconv.ParseUint(hex, 16, 16); ok && err == nil && int(p) == port {
			inodes = append(inodes, fields[9])
		}
	}
	return inodes
}
