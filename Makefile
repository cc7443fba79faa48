# Every target sets itself up in .venv first; a machine needs python3 (3.11 or newer) and make, nothing else.
# pip finds packages the way this machine is set up to (its own configuration and environment).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python
STAMP  := $(VENV)/.installed
WORKERS ?= 2

CONNECTORS := $(sort $(patsubst %/pyproject.toml,%,$(wildcard connectors/*/pyproject.toml)))
EDITABLES  := -e '.[dev,optimiser,postgres]' $(foreach c,$(CONNECTORS),-e '$(c)$(if $(findstring simulator =,$(shell grep '^simulator =' $(c)/pyproject.toml)),[simulator])')

# Chaos: how many orders, how many kills, on which database (sqlite, postgresql or both).
ORDERS ?= 10000
KILLS  ?= 500
DB     ?= both

# Fuzz: how many damaged files, from which seed on.
MUTANTS ?= 100000
SEED    ?= 20261122

# Proof: how many steps on each database (DB), from which seed on.
STEPS   ?= 1000000
ROUNDS  ?= 20

.DEFAULT_GOAL := help
.PHONY: help install demo test slow exhaustive check lint types bench e2e chaos fuzz prove format clean

help:  ## what can be made here
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml constraints.txt $(addsuffix /pyproject.toml,$(CONNECTORS))
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (about a minute the first time) ..."
	@$(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt $(EDITABLES)
	@touch $@

install: $(STAMP)  ## set .venv up, and nothing more

demo: $(STAMP)  ## the toy shop, end to end on loopback; SERVE=1 keeps the daemon running
	@$(BIN)/hub demo $(if $(SERVE),--serve)

test: $(STAMP)  ## the fast suites of the core and of every connector
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal -m 'not slow and not exhaustive' -p no:benchmark \
	  --ignore=tests/architecture --ignore=tests/e2e --ignore=tests/chaos --ignore=tests/benchmarks

slow: $(STAMP)  ## the tests marked slow, which `make test` leaves out
	@$(PY) -m pytest -n $(WORKERS) -m 'slow and not exhaustive' -p no:benchmark \
	  --ignore=tests/e2e --ignore=tests/chaos --ignore=tests/benchmarks || [ $$? -eq 5 ]

exhaustive: $(STAMP)  ## every pair of crashes in an order's life (about an hour)
	@$(PY) -m pytest -n $(WORKERS) -m exhaustive -p no:benchmark tests/integration

check: lint types  ## lint, format, types, import contracts, module sizes, docs in step
	@$(PY) -m pytest -q -n $(WORKERS) -p no:benchmark tests/architecture

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

# The connectors' tests folders share their file names, so mypy sees them one connector at a time.
types: $(STAMP)
	@$(BIN)/mypy hub tests conftest.py $(foreach c,$(CONNECTORS),$(wildcard $(c)/hub_*))
	@for folder in $(addsuffix /tests,$(CONNECTORS)); do \
	  files=$$(find $$folder -name '*.py' 2>/dev/null); \
	  [ -z "$$files" ] || $(BIN)/mypy $$files || exit 1; \
	done

bench: $(STAMP)  ## measure; every figure also as a ratio to the database's own commit rate
	@$(PY) -m pytest -q -s -p no:xdist tests/benchmarks

e2e: $(STAMP)  ## whole flows between simulators, the wheels in a clean environment, and the proof that chaos can fail
	@$(PY) -m pytest -p no:benchmark tests/e2e tests/chaos

chaos: $(STAMP)  ## kill -9 the daemon at random: ORDERS=10000 KILLS=500 DB=sqlite|postgresql|both
	@$(PY) -m tests.chaos --orders $(ORDERS) --kills $(KILLS) --db $(DB)

fuzz: $(STAMP)  ## damaged X12 and files of records through everything that reads them: MUTANTS=100000 SEED=1
	@$(PY) -m tests.fuzz --mutants $(MUTANTS) --seed $(SEED) --workers $(WORKERS)

prove: $(STAMP)  ## the laws of stock and orders, by random histories: STEPS=1000000 SEED=1 DB=sqlite|postgresql|both
	@$(PY) -m tests.proving --steps $(STEPS) --seed $(SEED) --rounds $(ROUNDS) --db $(DB)

format: $(STAMP)  ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove .venv, caches and built files
	rm -rf $(VENV) build dist demo-run .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find hub connectors tests -name __pycache__ -type d -prune -exec rm -rf {} +
