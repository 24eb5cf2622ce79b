package embedded

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

// nftTable is our own table of family ip.
const nftTable = "kubemate"

// makeInterface makes kubemate0 with the node's address. A bridge without ports serves where the kernel has no dummy
// interfaces: its addresses are local either way.
func makeInterface(ctx context.Context, ip string) error {
	if _, err := os.Lstat(filepath.Join("/sys/class/net", Interface)); errors.Is(err, fs.ErrNotExist) {
		err := tool(ctx, "ip", "link", "add", Interface, "type", "dummy")
		if err != nil {
			err = tool(ctx, "ip", "link", "add", Interface, "type", "bridge")
		}
		if err != nil {
			return err
		}
	}
	if err := tool(ctx, "ip", "address", "replace", ip+"/32", "dev", Interface); err != nil {
		return err
	}
	return tool(ctx, "ip", "link", "set", Interface, "up")
}

// tableText is our firewall table. Pods reach the outside under the host's address. Neighbours of the machine reach
// neither the node's address (API server, kubelet, NodePorts), which Linux would answer on any interface, nor pods,
// which IP forwarding would open to them, except by a pod's own hostPort.
func tableText(nodeIP string) string {
	return fmt.Sprintf(`table ip %[1]s
delete table ip %[1]s
table ip %[1]s {
	chain prerouting {
		type filter hook prerouting priority raw; policy accept;
		ip daddr %[4]s iifname != { "lo", "%[3]s", "%[5]s" } drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr %[2]s ip daddr != %[2]s oifname != "%[3]s" masquerade
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		oifname "%[3]s" iifname != "%[3]s" ct status dnat accept
		oifname "%[3]s" iifname != "%[3]s" drop
	}
}
`, nftTable, ClusterCIDR, PodBridge, nodeIP, Interface)
}

func loadTable(ctx context.Context, l layout, nodeIP string) error {
	file := l.config("firewall.nft")
	if err := os.WriteFile(file, []byte(tableText(nodeIP)), 0o600); err != nil {
		return err
	}
	return tool(ctx, "nft", "-f", file)
}

// tool runs a program of the host; the error holds what it said.
func tool(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(out.String()))
	}
	return nil
}
