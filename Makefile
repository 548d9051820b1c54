# Everything a fresh machine needs: Python 3.11+ with venv, git, make. `make` alone says what there is.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
WORKERS ?= 2
ARGS ?=

.PHONY: help setup setup-test setup-check demo test test-sqlite test-postgresql lint heavy check bench lock format clean

help:
	@echo "make demo    a seeded brand, brought in through the importers, served with its address and login"
	@echo "make test    the fast suite, on SQLite and PostgreSQL"
	@echo "make check   everything CI runs: lint, types, contracts, translations, all tests and engines"
	@echo "make bench   the figures, each beside its baseline"
	@echo "make setup   only the environment (.venv)"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Guanxi needs Python 3.11 or newer with venv (Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)

define install
	$(PIP) --require-hashes -r requirements/$(1).txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(VENV)/.front-end: package.json package-lock.json src/guanxi/ui/assets.py | $(VENV)/.runtime
	$(BIN)/python -m guanxi.ui.assets
	@touch $@

$(VENV)/.catalogues: $(wildcard src/guanxi/ui/locale/*/LC_MESSAGES/*.po) | $(VENV)/.runtime
	$(BIN)/python -m guanxi.ui.catalogues compile
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(call install,runtime)

$(VENV)/.test: requirements/test.txt pyproject.toml | $(BIN)/python
	$(call install,test)
	@touch $(VENV)/.runtime

$(VENV)/.check: requirements/check.txt pyproject.toml | $(BIN)/python
	$(call install,check)
	@touch $(VENV)/.runtime $(VENV)/.test

$(VENV)/.axe: tests/browser/package.json tests/browser/package-lock.json | $(VENV)/.check
	$(BIN)/python -m tests.browser.axe
	@touch $@

setup: $(VENV)/.runtime $(VENV)/.front-end $(VENV)/.catalogues
setup-test: $(VENV)/.test setup
setup-check: $(VENV)/.check $(VENV)/.axe setup-test

demo: setup
	$(BIN)/guanxi demo $(ARGS)

test: test-sqlite test-postgresql

test-sqlite: setup-test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not heavy" $(ARGS)

test-postgresql: setup-test
	$(BIN)/python -m tests.postgresql -n $(WORKERS) --dist worksteal -m "not heavy and not database_free" $(ARGS)

lint: setup-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m guanxi.ui.catalogues check

heavy: setup-check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m heavy $(ARGS)

check: lint test heavy

bench: setup-test
	$(BIN)/python -m bench $(ARGS)

format: setup-check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks carry hashes and no host names: any index that serves the same files will do.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" pyproject.toml
lock:
	$(LOCK) --extra build --extra test --extra check --output-file requirements/check.txt $(ARGS)
	$(LOCK) --extra build --extra test --constraint requirements/check.txt --output-file requirements/test.txt
	$(LOCK) --extra build --constraint requirements/check.txt --output-file requirements/runtime.txt

clean:
	rm -rf $(VENV) node_modules tests/browser/node_modules src/guanxi/ui/static/vendor
