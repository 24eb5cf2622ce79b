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
	checks := []struct {
		id   string
		real bool // only for a real node
		do   func(context.Context)
	}{
		{"privileges", true, r.privileges},
		{"packages", true, r.tools},
		{"network", true, r.network},
		{"overlay", true, r.overlay},
		{"cgroup", true, r.cgroup},
		{"other-cluster", true, r.otherCluster},
		{"addresses", true, r.addresses},
		{"inotify", true, r.inotify},
		{"firewall", true, r.firewall},
		{dataFolderID, false, r.dataFolder},
		{"disk", false, r.disk},
		{"memory", false, r.memory},
		{"clock", false, r.clock},
		{"port", false, r.ports},
	}
	for _, c := range checks {
		if c.real && o.Simulated || ctx.Err() != nil {
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
