# A front of the command line `cdp`, which `make setup` puts into .venv/bin. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
TARGET ?= duckdb
VENV := .venv
BIN := $(VENV)/bin
CDP := $(BIN)/python -m cdp
INSTALLED := $(VENV)/.installed
# Incremental models render otherwise once they are built, with lines that nobody wrote so.
UNBUILT := CDP_TARGET=duckdb CDP_DUCKDB_PATH=$(CURDIR)/target/unbuilt.duckdb

export CDP_TARGET := $(TARGET)
export DBT_PROFILES_DIR := $(CURDIR)
export DAGSTER_HOME := $(CURDIR)/.dagster
# Telemetry is off in dbt_project.yml and .dagster/dagster.yaml; this is for any other tool.
export DO_NOT_TRACK := 1
export PYTHONPATH := $(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Add TARGET=postgres to run on PostgreSQL: a server from a wheel, or DATABASE_URL."

$(INSTALLED): requirements.lock requirements-installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else \
	  "Python 3.11 to 3.13 is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.11 ...")'
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-installer.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock requirements-installer.lock
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m cdp "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/cdp
	@chmod +x $(BIN)/cdp
	@touch $@

.PHONY: setup
setup: $(INSTALLED) ## Make the virtual environment with the locked dependencies

.PHONY: demo
demo: setup ## Run the main job on a generated company and say what happened
	@$(CDP) demo

.PHONY: land
land: setup ## Load new and changed channel files into raw tables
	@$(CDP) land

.PHONY: dbt
dbt: setup ## Run dbt with the target's environment: make dbt ARGS="build -s profiles"
	@$(CDP) dbt $(ARGS)

.PHONY: build
build: setup ## Build and test models, a line per layer: make build ARGS="-s profiles"
	@$(CDP) build $(ARGS)

.PHONY: new-connector
new-connector: setup ## Write a connector from a sample: make new-connector NAME=reviews FROM=ratings.csv, or TABLE=schema.table
	@$(CDP) new connector $(NAME) $(if $(FROM),--from "$(FROM)") $(if $(TABLE),--table "$(TABLE)")

.PHONY: check-connector
check-connector: setup ## Say what a connector does not fill, match or explain: make check-connector NAME=shopify
	@$(CDP) check connector $(NAME)

.PHONY: doctor
doctor: setup ## Say whom a built warehouse can reach, what it lacks, and the next step for each
	@$(CDP) doctor

.PHONY: upgrade
upgrade: setup ## Upgrade a warehouse that an earlier version built; DROP=1 drops relations that belong to no model any more
	@$(CDP) upgrade $(if $(DROP),--drop-removed)

.PHONY: plan
plan: setup ## Show what a sync would send, sending nothing: make plan SYNC=name
	@$(CDP) sync plan $(SYNC)

.PHONY: sync
sync: setup ## Deliver what changed since the last acknowledged state: make sync SYNC=name, APPROVE=1 past the guard
	@$(CDP) sync apply $(SYNC) $(if $(APPROVE),--approve)

.PHONY: retry
retry: setup ## Send rejected rows again, dead letters too: make retry SYNC=name
	@$(CDP) sync retry $(SYNC) $(if $(APPROVE),--approve)

.PHONY: publish
publish: setup ## Bring the copy that dashboards and notebooks read up to date with the marts
	@$(CDP) publish

.PHONY: dashboards
dashboards: setup ## Open the dashboards at http://127.0.0.1:8501
	@$(CDP) dashboards

.PHONY: fit
fit: setup ## Fit what customers will buy and spend on the orders in the warehouse
	@$(CDP) fit

.PHONY: explain
explain: setup ## Explain why two identifiers belong to one profile or not: make explain A=email:x B=phone:y, SHOW=1 unmasked
	@$(CDP) explain "$$A" "$$B" $(if $(SHOW),--show)

.PHONY: customer
customer: setup ## Open the page about one customer at http://127.0.0.1:8090, ROLE=agent unmasked
	@$(if $(ROLE),CDP_CUSTOMER_PAGE_ROLE=$(ROLE)) $(CDP) customer-page

.PHONY: identity-plan
identity-plan: setup ## Show whom changed identity rules would merge and split: BASE=revision JSON=file MAX_CHANGED=percent
	@$(CDP) identity-plan $(if $(BASE),--base "$(BASE)") $(if $(JSON),--json "$(JSON)") \
	  $(if $(MAX_CHANGED),--fail-above $(MAX_CHANGED))

.PHONY: dagster
dagster: setup ## Open the Dagster UI at http://127.0.0.1:3000
	@$(CDP) dagster

.PHONY: docs
docs: setup ## Open the dbt docs at http://127.0.0.1:8080
	@$(CDP) docs

.PHONY: docs-site
docs-site: setup ## Build the documentation site from docs/ into target/docs-site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open target/docs-site/index.html"

.PHONY: sql
sql: setup ## Open a SQL prompt on the warehouse, read-only on DuckDB
	@$(CDP) sql

.PHONY: lint
lint: setup ## Check style and types: ruff, mypy, sqlfluff, dbt parse
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 lint-types lint-sql

.PHONY: lint-types
lint-types:
	@$(BIN)/mypy

.PHONY: lint-sql
lint-sql:
	@$(CDP) dbt --quiet parse
	@$(UNBUILT) $(BIN)/sqlfluff lint --processes 2 models tests/dbt
	@$(BIN)/sqlfluff lint --templater jinja --ignore templating cdp dashboards/queries

.PHONY: format
format: setup ## Rewrite Python and SQL in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(UNBUILT) $(BIN)/sqlfluff fix --processes 2 models tests/dbt

.PHONY: test
test: lint ## Run every check and test, on both engines
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: soak
soak: setup ## Kill a sync of 50,000 rows at a hundred moments, build thirty days, connect every system and land 5,000 hostile files (SEED=1), on both engines
	@$(BIN)/pytest --soak --hostile-seed $(or $(SEED),1) tests/cdp/landing/test_hostile.py tests/cdp/activation/test_kills.py tests/project/test_incremental_marts.py tests/project/test_incremental_page.py tests/project/test_readers.py tests/connectors tests/docs/test_connector_pages.py

.PHONY: bench-landing
bench-landing: setup ## Measure landing against plain DuckDB
	@$(BIN)/python -m benchmarks.landing

.PHONY: bench-generator
bench-generator: setup ## Measure the generator
	@$(BIN)/python -m benchmarks.generator

.PHONY: bench-identity-quality
bench-identity-quality: setup ## Measure profiles against the generator's true persons
	@$(BIN)/python -m benchmarks.identity_quality

.PHONY: bench-identity
bench-identity: setup ## Measure the identity graph against scipy, Splink and its own integer part
	@$(BIN)/python -m benchmarks.identity

.PHONY: bench-marts
bench-marts: setup ## Measure the build of all models and a day's refresh against plain DuckDB
	@$(BIN)/python -m benchmarks.marts

.PHONY: bench-sync
bench-sync: setup ## Measure a sync against drt, a bare HTTP loop and a plain full outer join
	@$(BIN)/python -m benchmarks.sync

.PHONY: bench-trigger
bench-trigger: setup ## Measure the way from a location ping to its push message through Dagster's daemon
	@$(BIN)/python -m benchmarks.trigger --target $(TARGET)

.PHONY: house
house: setup ## Measure the size and shape of the code against its bars
	@$(BIN)/python -m benchmarks.house

.PHONY: hooks
hooks: setup ## Install the pre-commit hooks
	@$(BIN)/pre-commit install

.PHONY: lock
lock: setup ## Renew both lock files from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	@echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements-installer.lock

.PHONY: clean
clean: ## Remove what builds wrote; the warehouse in data/ stays
	@rm -rf target logs .pytest_cache .mypy_cache .ruff_cache

.PHONY: clean-data
clean-data: ## Remove the demo's files and the warehouse, the ledgers in it included
	@$(CDP) stop-postgres 2>/dev/null || true
	@rm -rf data

.PHONY: match
match: setup ## Propose pairs of records that probably belong to one person: make match, TRAIN=1 to train a new model
	@$(CDP) match $(if $(TRAIN),--train)
