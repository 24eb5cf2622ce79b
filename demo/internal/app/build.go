package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"kubemate.io/kubemate/demo/internal/accounts"
	"kubemate.io/kubemate/demo/internal/fault"
	"kubemate.io/kubemate/demo/internal/ledger"
	"kubemate.io/kubemate/demo/internal/load"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/notify"
	"kubemate.io/kubemate/demo/internal/risk"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/settlement"
	"kubemate.io/kubemate/demo/internal/teller"
)

// Timeouts of calls, by target: the nearer to the edge, the longer.
const (
	leafTimeout       = 2 * time.Second
	riskTimeout       = 4 * time.Second
	settlementTimeout = 6 * time.Second
	tellerTimeout     = 15 * time.Second
)

// build makes a role with the clients that it may call: this function is the
// bank's call graph.
func (p *process) build(name string, log *slog.Logger, m *metrics.Metrics, faults *fault.Switch) (role, error) {
	transport := http.RoundTripper(rpc.Transport())
	client := func(target string, timeout time.Duration) *rpc.Client {
		return rpc.NewClient(target, p.urls[target], timeout, transport, m)
	}
	switch name {
	case "teller":
		return teller.New(teller.Deps{
			Accounts: client("accounts", leafTimeout), Risk: client("risk", riskTimeout),
			Settlement: client("settlement", settlementTimeout), Log: log, Metrics: m,
		}), nil
	case "accounts":
		return accounts.New(p.Config.Accounts, client("risk", riskTimeout), m), nil
	case "risk":
		return risk.New(client("accounts", riskTimeout), m), nil
	case "settlement":
		return settlement.New(settlement.Deps{
			Ledger: client("ledger", 2*leafTimeout), Notify: client("notify", leafTimeout),
			Faults: faults, Log: log, Metrics: m, Now: p.Now,
		}), nil
	case "ledger":
		peers, err := ledger.NewReplicas(p.urls["accounts-replicas"], log, m)
		if err != nil {
			return nil, err
		}
		return ledger.New(ledger.Deps{
			Accounts: p.Config.Accounts, Journal: p.Config.Journal, Peers: peers, Log: log, Metrics: m, Now: p.Now,
		})
	case "notify":
		return notify.New(log, m), nil
	case "load":
		return load.New(load.Deps{
			Teller: client("teller", tellerTimeout), Rate: p.Config.Rate,
			Plan: load.NewPlan(p.Config.Seed, p.Config.Accounts), Log: log, Metrics: m, Now: p.Now,
		}), nil
	}
	return nil, fmt.Errorf("no such role: %s", name)
}
