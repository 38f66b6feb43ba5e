# The commands to learn. Each sets up what it needs first; all can be run twice.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
BIN := .venv/bin
# Two test processes at once; the machine that this must run on has two cores.
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

.PHONY: help setup browser lock check format test fast demo bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: setup ## a small township with made-up people, served on http://127.0.0.1:8000
	@$(BIN)/tongxin demo $(ARGS)

test: ## everything: setup, browser, check, all tests
	@echo "1/4 setup"
	@$(MAKE) setup
	@echo "2/4 browser"
	@$(MAKE) browser
	@echo "3/4 check"
	@$(MAKE) check
	@echo "4/4 tests"
	@$(PYTEST) $(ARGS)

fast: setup ## the tests that take milliseconds, without the browser
	@$(PYTEST) -m "not slow and not browser" $(ARGS)

check: setup ## style, types, import contracts, documentation
	@echo "  check 1/5  ruff check"
	@$(BIN)/ruff check --quiet .
	@echo "  check 2/5  ruff format"
	@$(BIN)/ruff format --quiet --check . || { echo "Not formatted: run 'make format'." >&2; exit 1; }
	@echo "  check 3/5  mypy --strict"
	@$(BIN)/mypy --no-error-summary
	@echo "  check 4/5  import contracts"
	@$(BIN)/lint-imports --no-logo
	@echo "  check 5/5  documentation and tidiness"
	@$(BIN)/python -m pytest -q --no-header tests/test_docs.py tests/test_tidy.py

format: setup ## put the code into its one format
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

bench: setup ## measure the budgets of docs/benchmarks.md on this machine
	@$(BIN)/tongxin bench $(ARGS)

setup: ## .venv from the pinned requirements; at once when nothing changed
	@python=$$(tools/python.sh) && exec "$$python" tools/setup.py

browser: ## Chromium, a Chinese font and strace for the browser and storm tests
	@tools/browser.sh

lock: setup ## pin the requirements again (UPGRADE=1: to the newest)
	@tools/lock.sh

clean: ## remove what make made
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache .schemathesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
