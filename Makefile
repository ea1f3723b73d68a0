# Everything one does with this repository. `make` alone lists the targets.
# A bare machine needs Python 3.11 or newer and make; uv and npm are used if they are there.

VAR := $(if $(RYAD_VAR),$(RYAD_VAR),var)
HOST ?= 127.0.0.1
PORT ?= 8000
PY := .venv/bin/python
# Log lines are for those who ask for them: RYAD_LOG_LEVEL=INFO make run
QUIET := RYAD_LOG_LEVEL=$${RYAD_LOG_LEVEL:-WARNING}
POSTGRESQL_PORT ?= 15432
REDIS_PORT ?= 16379
OPENSEARCH_PORT ?= 19200
OPENSEARCH_HEAP ?= 1g
PARTS := --home $(VAR)/services --postgresql-port $(POSTGRESQL_PORT) \
  --redis-port $(REDIS_PORT) --opensearch-port $(OPENSEARCH_PORT) --opensearch-heap $(OPENSEARCH_HEAP)
SERVICES := $(PY) -m stack.services $(PARTS)
CATALOGS := $(wildcard locale/*/LC_MESSAGES/*.po)
export RYAD_SHARED_DATA ?= $(abspath ../shared/data)

.DEFAULT_GOAL := help
.PHONY: help install run demo run-full services services-stop services-status .java test test-postgresql check image-check bench relevance screenshots messages clean

help: ## List the targets
	@echo "Ryad: an electronic trading row."
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# -- environment -------------------------------------------------------------------------------------------------
# Each step leaves a stamp, so that it runs again only when its lock file has changed.

install: .venv/.synced node_modules/.synced locale/.compiled ## Install what the lock files name, into this folder

# With uv of the machine's own: it makes .venv and finds (or fetches) a Python. Without: uv is put into .venv first,
# and must then not remove itself (--inexact).
.venv/.synced: pyproject.toml uv.lock
	@if command -v uv >/dev/null 2>&1; then \
	  echo "uv sync --frozen"; uv sync --frozen --quiet || exit 1; \
	else \
	  if [ ! -x .venv/bin/uv ]; then \
	    python=; \
	    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	      if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then echo "Python 3.11 or newer is needed and was not found." >&2; exit 1; fi; \
	    echo "$$python -m venv .venv"; \
	    "$$python" -m venv .venv || { \
	      echo "This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
	    echo ".venv/bin/pip install uv"; .venv/bin/pip install --quiet --disable-pip-version-check uv || exit 1; \
	  fi; \
	  echo "uv sync --frozen --inexact"; .venv/bin/uv sync --frozen --inexact --quiet || exit 1; \
	fi
	@touch $@

# Without npm, the Node.js of the lock file's group "node" brings it.
node_modules/.synced: package.json package-lock.json | .venv/.synced
	@if command -v npm >/dev/null 2>&1; then \
	  echo "npm ci"; npm ci --no-audit --no-fund --loglevel=error || exit 1; \
	else \
	  uv=$$(command -v uv || echo .venv/bin/uv); \
	  echo "uv sync --frozen --inexact --group node"; "$$uv" sync --frozen --inexact --quiet --group node || exit 1; \
	  echo ".venv/bin/npm ci"; PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm ci --no-audit --no-fund --loglevel=error || exit 1; \
	fi
	@touch $@

locale/.compiled: $(CATALOGS) locale/compile.py | .venv/.synced
	@$(PY) locale/compile.py
	@touch $@

# -- running -----------------------------------------------------------------------------------------------------

run: install $(VAR)/.demo-loaded ## Start site and worker with the demo row; PORT=8000 HOST=127.0.0.1
	@exec $(PY) manage.py serve --host $(HOST) --port $(PORT)

$(VAR)/.demo-loaded: | install
	@echo "First start: loading the demo row …"
	@$(PY) manage.py serve --migrate
	@$(QUIET) $(PY) manage.py load_demo
	@touch $@

demo: install ## Load the demo row again (idempotent), without starting anything
	@$(PY) manage.py serve --migrate
	@$(QUIET) $(PY) manage.py load_demo
	@touch $(VAR)/.demo-loaded

run-full: install .java ## Start the same on PostgreSQL, OpenSearch and Redis, with a worker for each kind of work
	@exec $(PY) -m stack.run_full $(PARTS) --data $(VAR)/full --host $(HOST) --port $(PORT)

services: .venv/.synced .java ## Start PostgreSQL, Redis and OpenSearch without containers; POSTGRESQL_PORT=15432 …
	@$(SERVICES) start

services-stop: .venv/.synced ## Stop them; their data stays
	@$(SERVICES) stop

services-status: .venv/.synced ## Say which of them answer
	@$(SERVICES) status

# Where the system has no Java of version 21, the package of the lock file's group "java" brings one.
.java: | .venv/.synced
	@if ! $(PY) -c 'from stack.opensearch import java; java.find()' 2>/dev/null; then \
	  uv=$$(command -v uv || echo .venv/bin/uv); \
	  echo "uv sync --frozen --inexact --group java"; \
	  "$$uv" sync --frozen --inexact --quiet --group java || echo "No Java: OpenSearch will be missing." >&2; \
	fi

# -- proving -----------------------------------------------------------------------------------------------------

# Rooms whose statements the two databases answer differently: their tests run on both where `make services` runs.
# What reads files and words asks no database.
POSTGRESQL_TESTS ?= tests/core tests/catalog tests/price_lists tests/buyer_requests tests/reviews tests/api tests/notifications \
  $(addprefix --ignore=,tests/core/text tests/core/outgoing tests/price_lists/sources/test_browser.py \
  $(addprefix tests/price_lists/,reading mapping validation identity categorising validator))
TEST_PROCESSES ?= 2
NOTED = sed -n 's/^RYAD_DATABASE_URL=//p' $(VAR)/services/env 2>/dev/null

test: install ## Run all tests on TEST_PROCESSES=2; with `make services` also those of PostgreSQL, Redis and OpenSearch
	$(PY) -m pytest -n $(TEST_PROCESSES) --dist loadgroup -q
	@if [ -n "$$($(NOTED))" ] && $(SERVICES) status | grep -q '^PostgreSQL *ready'; then $(MAKE) --no-print-directory test-postgresql; \
	elif [ "$$CI" = true ]; then echo "In CI PostgreSQL must be there: make services" >&2; exit 1; \
	else echo "Not run on PostgreSQL, which is not here (make services): $(POSTGRESQL_TESTS)"; fi

test-postgresql: install ## Run the tests of POSTGRESQL_TESTS on the PostgreSQL of `make services`
	@echo "On PostgreSQL: $(POSTGRESQL_TESTS)"
	@RYAD_DATABASE_URL=$$($(NOTED)) $(PY) -m pytest -n $(TEST_PROCESSES) --dist loadgroup -q $(POSTGRESQL_TESTS)

check: install ## Lint, types, layers, templates, migrations, translations, architecture
	.venv/bin/ruff check --no-cache .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet $(wildcard templates */templates)
	DJANGO_SETTINGS_MODULE=marketplace.settings.test $(PY) manage.py makemigrations --check --dry-run
	$(PY) locale/compile.py --check
	$(PY) -m pytest -q tests/architecture

image-check: .venv/.synced ## Carry out the Dockerfile's steps without a container engine; what they make checks itself
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	PATH="$$PATH:$(CURDIR)/.venv/bin" $(PY) -m stack.image "$$folder" && \
	cd "$$folder" && RYAD_SECRET_KEY=$$($(abspath $(PY)) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	  RYAD_ALLOWED_HOSTS=ryad.example RYAD_SITE_URL=https://ryad.example RYAD_MAIL_HOST=mail.ryad.example RYAD_TRUSTED_PROXIES=1 \
	  ./run python manage.py check --deploy --fail-level WARNING

bench: install ## Measure speeds; results go to benchmarks/results
	$(PY) -m benchmarks

relevance: install ## Grade the search and usual configurations on the graded sets, where RYAD_SHARED_DATA has them
	@if [ ! -e "$$RYAD_SHARED_DATA/search/icecat_judgments.csv" ]; then \
	  echo "The documents are not part of this repository: RYAD_SHARED_DATA must name the folder that has search/icecat_judgments.csv." >&2; exit 1; fi; \
	if [ -z "$$RYAD_OPENSEARCH_URL" ] && $(SERVICES) status 2>/dev/null | grep -q '^OpenSearch *ready'; then \
	  export RYAD_OPENSEARCH_URL=http://127.0.0.1:$(OPENSEARCH_PORT); fi; \
	$(PY) -m benchmarks.relevance

screenshots: install ## Photograph the main pages of the running demo into docs/screenshots
	$(PY) docs/screenshots.py --address http://$(HOST):$(PORT)

messages: install ## Collect new texts into the translation files (needs gettext)
	$(PY) manage.py makemessages --all --no-location --no-wrap --ignore=node_modules --ignore=.venv --ignore=var --ignore=tests --ignore=benchmarks
	$(PY) locale/compile.py

clean: ## Remove caches and compiled translations; never your data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache locale/.compiled
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo
