package embedded

import (
	"fmt"
	"path/filepath"
	"strings"
)

// containerdConfig is containerd 2's configuration, version 3 of its format.
func containerdConfig(l layout, o Options, f hostFacts) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`version = 3`)
	line(`root = %q`, l.containerdRoot())
	line(`state = %q`, l.containerdState())
	// Off: what would make folders or sockets elsewhere on the host, or is not needed for pods.
	line(`disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs"]`)
	line("\n[grpc]\n  address = %q", l.containerdSocket())
	line("\n[ttrpc]\n  address = %q", l.containerdSocket()+".ttrpc")
	line("\n[plugins.'io.containerd.cri.v1.images']")
	line(`  snapshotter = "overlayfs"`)
	line("\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = %q", o.PauseImage)
	line("\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = %q", l.certsD())
	line("\n[plugins.'io.containerd.cri.v1.runtime']")
	line(`  disable_apparmor = %v`, !f.appArmor)
	// Without the capability the kernel refuses to lower the score, and sandboxes fail with an unhelpful message.
	line(`  restrict_oom_score_adj = %v`, !f.sysResource)
	line(`  netns_mounts_under_state_dir = true`)
	line(`  enable_cdi = false`)
	line("\n[plugins.'io.containerd.cri.v1.runtime'.cni]")
	line(`  bin_dirs = [%q]`, f.cniBin)
	line(`  conf_dir = %q`, l.cniConf())
	line("\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\n  default_runtime_name = \"runc\"")
	line("\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]")
	line(`  runtime_type = "io.containerd.runc.v2"`)
	line("\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]")
	line(`  BinaryName = %q`, f.runc)
	line(`  SystemdCgroup = false`)
	return b.String()
}

// registryHosts tells containerd that the images of RegistryName are at addr, by plain HTTP on loopback.
func registryHosts(addr string) string {
	return fmt.Sprintf("server = \"http://%s\"\n\n[host.\"http://%s\"]\n  capabilities = [\"pull\", \"resolve\"]\n", addr, addr)
}

// cniConfig is the pod network: a bridge of its own and port mapping. Masquerading is the job of the nftables table
// kubemate (see network.go), which one command removes, unlike the plugin's rules per pod.
func cniConfig(l layout) string {
	return fmt.Sprintf(`{
  "cniVersion": "1.0.0",
  "name": "kubemate",
  "plugins": [
    {
      "type": "bridge",
      "bridge": %q,
      "isGateway": true,
      "ipMasq": false,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "dataDir": %q,
        "ranges": [[{"subnet": %q}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
  ]
}
`, PodBridge, l.cniAddresses(), NodePodCIDR)
}

func containerdBinary(dir, name string) string { return filepath.Join(dir, name) }
