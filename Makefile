# `make run` shows the whole path, `make test` proves it. Needs Python >= 3.11, git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check install
SOURCES := ingest policies release store workers web cli shardgate_client tests benchmarks docs

.PHONY: run test soak check fix docs accuracy bench bench-history fuzz clean help
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "installing the hash-locked requirements into $(VENV) (once)"
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# The peers pin what we do not want, so they get an environment of their own.
.venv-peers/.peers: requirements/peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip --quiet --disable-pip-version-check install \
	    --require-hashes -r requirements/peers.txt
	@touch $@

run: $(VENV)/.run ## the whole path on this repository and three samples, or on REPO=<path or URL>
	@$(BIN)/shardgate run $(if $(REPO),--repo "$(REPO)")

test: $(VENV)/.dev ## the full test suite (own Valkey, own PostgreSQL); k=EXPR selects
	$(BIN)/python -m pytest -n 2 $(if $(k),-k "$(k)")

soak: $(VENV)/.dev ## long tests: a kill in every stage, and properties over 20 times as many examples
	$(BIN)/python -m pytest -n 2 --soak $(if $(k),-k "$(k)")

check: $(VENV)/.dev ## format, lint, types, import contracts, spelling
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos

fix: $(VENV)/.dev ## let the formatter and the linter mend what they can
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

docs: $(VENV)/.dev ## write the reference pages that follow from the code
	$(BIN)/python -m docs.generate

screenshots: $(VENV)/.dev ## a picture of every page into docs/screenshots (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

accuracy: $(VENV)/.dev .venv-peers/.peers ## precision and recall beside the peers; F=<families> selects
	$(BIN)/python -m benchmarks.accuracy --peers $(F)

bench: $(VENV)/.dev .venv-peers/.peers ## throughput and memory by stage on REPO=<path of a git repository>
	$(BIN)/python -m benchmarks.path --repo "$(or $(REPO),.)"

fuzz: $(VENV)/.dev ## mutated bytes through every detector for SECONDS=60
	$(BIN)/python -m benchmarks.fuzz --seconds $(or $(SECONDS),60)

bench-history: $(VENV)/.dev ## secrets over the whole history of REPO=<path of a git repository>
	$(BIN)/python -m benchmarks.history --repo "$(or $(REPO),.)"

clean: ## remove the environment and all state
	rm -rf $(VENV) .shardgate
