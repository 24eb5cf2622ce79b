# Kubemate. `make help` lists the targets.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X kubemate.io/kubemate/internal/app.Version=$(VERSION)
UP_FLAGS ?=
GO_TEST_FLAGS ?= -race -timeout 20m
GO_FOLDERS := api cmd demo internal scripts stack web/*.go

.PHONY: help
help: ## Show this help
	@grep -hE '^[a-z][a-zA-Z0-9_-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

## ---- run -------------------------------------------------------------------

.PHONY: up
up: deps build ## Build everything and start the platform; prints the address (flags: UP_FLAGS="--detach")
	bin/kubemate up $(UP_FLAGS)

.PHONY: status
status: ## Say how the running platform is
	bin/kubemate status

.PHONY: down
down: ## Stop the platform; data stays (remove all: UP_FLAGS=--delete)
	bin/kubemate down $(UP_FLAGS)

## ---- build -----------------------------------------------------------------

.PHONY: deps
deps: ## Install or name the packages that running needs
	scripts/deps.sh run

.PHONY: build
build: web kubemate bundle ## Build the console, kubemate, kubemate-node and the images

.PHONY: kubemate
kubemate: ## Build bin/kubemate (the console must be built before, to be inside)
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/kubemate ./cmd/kubemate

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: web
web: web/node_modules/.package-lock.json ## Build the console into web/dist
	cd web && npm run build

.PHONY: bundle
bundle: kubemate ## Build kubemate-node, containerd and the images into the cache
	bin/kubemate bundle build

## ---- test ------------------------------------------------------------------

.PHONY: test
test: deps-test build ## Everything: unit, API server, real node, browser
	$(MAKE) -j2 --output-sync=line test-code test-platform
	@echo "all tests passed"

# The two run side by side: one computes, the other mostly waits for a cluster.
.PHONY: test-code
test-code:
	$(MAKE) test-web
	$(MAKE) test-go

.PHONY: test-platform
test-platform:
	$(MAKE) test-node
	$(MAKE) test-browser

.PHONY: deps-test
deps-test:
	scripts/deps.sh test

.PHONY: test-web
test-web: web/node_modules/.package-lock.json ## Console: types, lint, unit tests, build, size budget
	cd web && npm run verify

.PHONY: test-go
test-go: ## Go: formatting, tidy go.mod, vet, unit and API server tests, with the race detector
	@test -z "$$(gofmt -l $(GO_FOLDERS))" || { echo "not formatted:"; gofmt -l $(GO_FOLDERS); exit 1; }
	go mod tidy -diff
	go vet ./...
	go test $(GO_TEST_FLAGS) ./...
	cd stack/toolbox && go test ./...
	cd stack/pause && go test ./...
	# As the bundle builds it, so that Kubernetes is not compiled and examined a second time.
	cd stack/kubernetes && CGO_ENABLED=0 go test -trimpath -vet=off ./...
	go run ./scripts/notices -check

.PHONY: test-node
test-node: ## The real node, end to end (root)
	go test -tags node -p 1 -count=1 -timeout 30m -v -run '^TestNode' ./internal/launch ./internal/launch/embedded

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: test-browser
test-browser: e2e/node_modules/.package-lock.json ## Journeys in Chromium against the real node (root)
	cd e2e && npm test

## ---- keep it in order --------------------------------------------------------

.PHONY: generate
generate: ## Regenerate the OpenAPI document and the TypeScript client
	go run ./cmd/kubemate openapi > api/openapi.yaml
	cd web && npm run generate

.PHONY: lint
lint: ## golangci-lint, as .golangci.yml says
	go tool -modfile=tools/go.mod golangci-lint run ./...

.PHONY: verify
verify: generate lint test ## generate + lint + test + clean tree
	@git diff --exit-code || { echo "the tree is not clean after generate"; exit 1; }

.PHONY: bench
bench: ## Benchmarks of the fleet cache (SUITE=fleet)
	go test -run '^$$' -bench . -benchmem ./internal/core/fleet/...

.PHONY: clean
clean: ## Remove build output (the cache outside the checkout stays)
	rm -rf bin web/dist/assets dist
