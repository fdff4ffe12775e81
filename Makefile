# The chores, one word each. `make help` lists them.
# Needs Python 3.11 or newer with venv, and make; everything else comes with the requirements.

SHELL := /bin/sh
PORT ?= 3000
RESET ?=
FULL ?=
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done || true)
PREPARE := $(or $(PYTHON),python3) .ci/prepare.py
PORTAL := .venv/bin/python -m portal
# Compiled code is kept: the tests start a portal many times, from the same sources.
export PYTHONDONTWRITEBYTECODE :=
SOURCES := portal tests benchmarks alembic .ci rxconfig.py

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format migrate bench lock

help: ## Lists the chores.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

demo: ## Runs the portal with a seeded clinic (PORT=3000, RESET=1 starts over).
	@$(PREPARE) --port $(PORT)
	@exec $(PORTAL) demo --port $(PORT) $(if $(RESET),--reset)

serve: ## Runs the clinic's own portal, as configured by PORTAL_… settings.
	@$(PREPARE)
	@exec $(PORTAL) serve

# The pages are built and the code is checked beside the tests, which often wait for a browser or a
# server; the slowest tests begin first, so that no long one is left to the end (tests/conftest.py).
test: ## Checks and runs the tests, browser tests included (FULL=1: the long ones too).
	@$(PREPARE) --tests
	@mkdir -p .build/log; \
	nice $(MAKE) --no-print-directory beside >.build/log/fences.log 2>&1 & beside=$$!; \
	trap 'kill $$beside' INT TERM; \
	PORTAL_TEST_FULL=$(FULL) .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder; failed=$$?; \
	wait $$beside || failed=1; cat .build/log/fences.log; exit $$failed

.PHONY: beside
beside:
	@$(PORTAL) build
	@$(MAKE) --no-print-directory fences

check: ## Lints, types, import rules and the tests of the repository itself.
	@$(PREPARE) --tests
	@$(MAKE) --no-print-directory fences
	@.venv/bin/python -m pytest tests/repository

.PHONY: fences
fences:
	@.venv/bin/ruff check $(wildcard $(SOURCES))
	@.venv/bin/ruff format --check $(wildcard $(SOURCES))
	@.venv/bin/pyright
	@.venv/bin/lint-imports --no-logo

format: ## Lays the code out and mends what can be mended.
	@$(PREPARE) --tests
	@.venv/bin/ruff check --fix $(wildcard $(SOURCES))
	@.venv/bin/ruff format $(wildcard $(SOURCES))
	@.venv/bin/python -m tests.support.documented

migrate: ## Brings the database to the newest layout.
	@$(PREPARE)
	@$(PORTAL) migrate

bench: ## Measures, each figure beside a baseline of the same run (FULL=1, ONLY="B2 W1").
	@$(PREPARE) --tests
	@.venv/bin/python -m benchmarks $(if $(FULL),--full) $(if $(ONLY),--only $(ONLY))

lock: ## Writes the pinned requirements from the *.in files (needs uv).
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras -q \
		--no-emit-index-url requirements.in -o requirements.txt
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras -q \
		--no-emit-index-url requirements-dev.in -o requirements-dev.txt
