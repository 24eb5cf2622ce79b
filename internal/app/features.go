package app

import (
	"context"

	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/records"
	"kubemate.io/kubemate/internal/feature/access"
)

// feature is a capability of the server.
type feature interface {
	Routes(api *httpapi.API)
}

// runner is a feature, or a part of the core, that works beside requests until ctx ends.
type runner interface {
	Run(ctx context.Context) error
}

// features is the one list of what the server can do. The order is that of the document.
func (p *parts) features() []feature {
	return []feature{p.access, p.clusters, p.resources, p.live}
}

// runners is everything that runs beside requests.
func (p *parts) runners() []runner {
	return []runner{p.connector, p.fleet, p.rules, p.jobs, p.access, p.resources, p.live}
}

// migrations is the schema of the relational store: append only, see records.Migration.
func migrations() []records.Migration {
	return []records.Migration{
		{Number: 1, Name: "sessions", SQL: access.Schema},
		{Number: 2, Name: "jobs", SQL: jobs.Schema},
	}
}
