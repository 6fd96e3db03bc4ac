# Maillage: the commands that stay. `make` alone lists them.
SHELL := /bin/sh
PORT ?= 8000
N ?= 1150
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test deep check fix bench pictures install lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run.stamp ## open Maillage on http://localhost:8000 (PORT=…, DEMO=1 or DEMO=0)
	@SITE_URL="$${SITE_URL:-http://localhost:$(PORT)}" exec $(PYTHON) manage.py serve --port $(PORT)

test: .venv/dev.stamp ## the whole suite: SQLite, PostgreSQL, a real browser
	@$(PYTHON) -m tests

deep: .venv/dev.stamp ## the same, longer
	@$(PYTHON) -m tests --deep

check: .venv/dev.stamp ## format, lint, templates, types, layers, migrations, catalogues
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m djlint --lint --quiet templates
	@$(PYTHON) -m mypy config contacts crm tests
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) manage.py check --fail-level WARNING
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) -m pytest -q -n0 tests/test_architecture.py tests/crm/test_catalogues.py

fix: .venv/dev.stamp ## put right what the linters can put right themselves
	@$(PYTHON) -m tests.typography --fix
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: .venv/dev.stamp ## measure speed with N contacts, to bench/results.json
	@$(PYTHON) -m bench $(N)

pictures: .venv/dev.stamp ## a picture of every page
	@$(PYTHON) -m tests.pictures

install: .venv/dev.stamp ## the environment in .venv/, nothing else

lock: .venv/dev.stamp ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@sh requirements/lock.sh

.venv/run.stamp: requirements/run.txt requirements/install.sh
	@sh requirements/install.sh requirements/run.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@sh requirements/install.sh requirements/dev.txt
	@touch $@
