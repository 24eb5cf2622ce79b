package preflight

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Options say what is about to be started.
type Options struct {
	// DataDir of the instance; it need not exist.
	DataDir string
	// Simulated clusters need no root, no packages and no kernel features.
	Simulated bool
	// Existing: no cluster is started, only the server beside one that is there.
	Existing bool
	// NodeIP is the address that the interface kubemate0 will get.
	NodeIP string
	// ClusterCIDR and ServiceCIDR are the pods' and the services' ranges.
	ClusterCIDR, ServiceCIDR string
	// Ports that must be free.
	Ports []Port
	// Host is the machine; nil is this one.
	Host Host
	// Now is the present time; nil is time.Now.
	Now func() time.Time
}

// Port is an address that will be listened on.
type Port struct {
	// Address is host:port. A host that is no address of this machine yet is looked at by its port on all addresses.
	Address string
	// Purpose is said to the user: "the console", "the API server", ….
	Purpose string
	// Flag changes it: "--listen".
	Flag string
}

// runner collects findings.
type runner struct {
	o        Options
	host     Host
	report   Report
	packages []string
}

// Run makes all checks. It changes nothing.
func Run(ctx context.Context, o Options) Report {
	if o.Host == nil {
		o.Host = thisHost{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &runner{o: o, host: o.Host}
	cluster, real := !o.Existing, !o.Existing && !o.Simulated
	checks := []struct {
		id     string
		needed bool
		do     func(context.Context)
	}{
		{"privileges", real, r.privileges},
		{"packages", real, r.tools},
		{"network", real, r.network},
		{"overlay", real, r.overlay},
		{"cgroup", real, r.cgroup},
		{"other-cluster", real, r.otherCluster},
		{"addresses", real, r.addresses},
		{"inotify", real, r.inotify},
		{"firewall", real, r.firewall},
		{dataFolderID, true, r.dataFolder},
		{"disk", cluster, r.disk},
		{"memory", cluster, r.memory},
		{"clock", true, r.clock},
		{"port", true, r.ports},
	}
	for _, c := range checks {
		if !c.needed || ctx.Err() != nil {
			continue
		}
		r.report.Checks = append(r.report.Checks, c.id)
		c.do(ctx)
	}
	if len(r.packages) > 0 {
		slices.Sort(r.packages)
		r.report.Install = "apt-get install --yes " + strings.Join(slices.Compact(r.packages), " ")
	}
	slices.SortStableFunc(r.report.Findings, func(a, b Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return r.report
}

func (r *runner) fail(id, problem, remedy string) {
	r.report.Findings = append(r.report.Findings, Finding{ID: id, Severity: Error, Problem: problem, Remedy: remedy})
}

func (r *runner) warn(id, problem, remedy string) {
	r.report.Findings = append(r.report.Findings, Finding{ID: id, Severity: Warning, Problem: problem, Remedy: remedy})
}
