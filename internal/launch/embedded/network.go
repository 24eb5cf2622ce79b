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

	"kubemate.io/kubemate/internal/launch/hostjournal"
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

// bridgeFilter is the module by which packets between two pods on the bridge pass the firewall: without it the answer of
// a Service's pod to another pod would not be translated back.
const bridgeFilter = "br_netfilter"

func loadBridgeFilter(ctx context.Context, j *hostjournal.Journal) error {
	if _, err := os.Stat("/proc/sys/net/bridge"); err == nil {
		return nil
	}
	if err := j.Record(hostjournal.Entry{Kind: hostjournal.Module, Name: bridgeFilter}); err != nil {
		return err
	}
	if err := tool(ctx, "modprobe", bridgeFilter); err != nil {
		return fmt.Errorf("load the kernel module %s: %w", bridgeFilter, err)
	}
	return nil
}

func setBridgeFilter() error { return writeSysctl("net.bridge.bridge-nf-call-iptables", "1") }

func writeSysctl(name, value string) error {
	return os.WriteFile(hostjournal.SysctlFile(name), []byte(value+"\n"), 0o644)
}

// ownChain is the prefix of our chains in iptables' tables.
const ownChain = "KUBEMATE-"

// openFirewall lets pods through where iptables drops by default, as beside Docker or ufw: an accept in our own table
// would not help, since each table can drop.
func openFirewall(ctx context.Context) error {
	for chain, rules := range map[string][][]string{
		"FORWARD": {{"-i", PodBridge}, {"-o", PodBridge}},
		"INPUT":   {{"-i", PodBridge}},
	} {
		policy, err := exec.CommandContext(ctx, "iptables", "-S", chain).Output()
		if err != nil || !strings.HasPrefix(string(policy), "-P "+chain+" DROP") {
			continue // without iptables nothing drops
		}
		own := ownChain + chain
		commands := [][]string{{"-N", own}}
		for _, rule := range rules {
			commands = append(commands, append(append([]string{"-A", own}, rule...), "-j", "ACCEPT"))
		}
		commands = append(commands, []string{"-I", chain, "1", "-j", own})
		for _, args := range commands {
			if err := tool(ctx, "iptables", args...); err != nil {
				return err
			}
		}
	}
	return nil
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
