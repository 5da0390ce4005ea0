# The modules of go.work.
MODULES := . examples

GO       ?= go
FUZZTIME ?= 30s
BENCH    ?= .
COUNT    ?= 10

# How long fuzz targets run that tools/fuzz names as the most exposed.
EXPOSED_FUZZTIME ?= $(FUZZTIME)

# Tools are pinned in tools/go.mod. -modfile excludes the workspace.
TOOL := GOWORK=off $(GO) tool -modfile=$(CURDIR)/tools/go.mod

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := check
.NOTPARALLEL:

.PHONY: check
check: FUZZTIME := 5s
check: EXPOSED_FUZZTIME := 30s
check: fmt-check vet archtest lint generate fuzz race ## what CI runs

.PHONY: fmt
fmt: ## format every Go file
	gofmt -w .

.PHONY: fmt-check
fmt-check:
	@bad=$$(gofmt -l .) || exit 1; if [[ -n $$bad ]]; then echo "gofmt:" $$bad >&2; exit 1; fi

# Outside the workspace, as a host sees each module.
.PHONY: vet
vet: ## go vet in each module
	@for m in $(MODULES); do echo "vet $$m"; (cd $$m && GOWORK=off $(GO) vet ./...) || exit 1; done

# The cache lies in the checkout, under its path: one that outlives a checkout
# answers with files it can no longer read, and so without their nolint lines.
.PHONY: lint
lint: export GOLANGCI_LINT_CACHE := $(CURDIR)/.cache/golangci-lint$(CURDIR)
lint: ## golangci-lint in each module
	@for m in $(MODULES); do echo "lint $$m"; (cd $$m && $(TOOL) golangci-lint run ./...) || exit 1; done

.PHONY: archtest
archtest: ## who may import whom
	$(GO) test ./internal/archtest

# Fails when go generate changes a file.
.PHONY: generate
generate: ## rebuild derived files; fails when one was stale
	@state() { git status --porcelain; git diff; }; before=$$(state | cksum); \
	for m in $(MODULES); do (cd $$m && $(GO) generate ./...) || exit 1; done; \
	if [[ $$before != $$(state | cksum) ]]; then echo "go generate changed files: commit them" >&2; git status --short >&2; exit 1; fi

# Writes docs/disabled.md. IDS="PAR-07 CA-04" tries some and writes nothing.
.PHONY: disable
disable: ## run the refusing tests of each requirement without its checks
	@$(GO) run ./internal/clauses/disable $(if $(IDS),,-o docs/disabled.md) . $(IDS)

.PHONY: test
test: ## every test of every module
	$(GO) test work

.PHONY: race
race: ## the same with the race detector, in random order
	$(GO) test -race -shuffle=on work

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME, the most exposed for EXPOSED_FUZZTIME
	@tools/fuzz $(FUZZTIME) $(EXPOSED_FUZZTIME)

.PHONY: bench
bench: ## benchmarks matching BENCH, COUNT times, summed up by benchstat
	@out=$$(mktemp); trap 'rm -f "$$out"' EXIT; \
	$(GO) test -run='^$$' -bench='$(BENCH)' -benchmem -count=$(COUNT) work | tee "$$out"; \
	$(TOOL) benchstat "$$out"

.PHONY: tidy
tidy: ## go mod tidy in each module and the tools
	@for m in $(MODULES) tools; do (cd $$m && GOWORK=off $(GO) mod tidy) || exit 1; done

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
