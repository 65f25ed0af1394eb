# What one types in this project. Each target sets up what it needs, once.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.SILENT:

VENV := .venv
PYTHON_IN := $(VENV)/bin/python
IBASHO := $(PYTHON_IN) -m api.cli
# Inside the environment, so that removing it also forgets what was put into it.
STAMPS := $(VENV)/.stamps
INSTALL := $(PYTHON_IN) -m pip --quiet --disable-pip-version-check install
LOCKED := $(INSTALL) --require-hashes --only-binary :all:

export PYTHON

.PHONY: help run test lint bench faults wheel lock setup

help:
	echo "make run     set up, fill the demo ward, serve it on this machine"
	echo "make test    set up, run all tests"
	echo "make lint    ruff, mypy, the order of imports"
	echo "make bench   measure, and write tables and plots to benchmarks/out"
	echo "make faults  what must survive: workers killed, Redis gone, 100,000 who want the same places"
	echo "make wheel   what is installed on a server: dist/ibasho-….whl and dist/runtime.txt"
	echo "make lock    resolve requirements/*.in again into locked files"

run: $(STAMPS)/runtime api/static/vendor/.made
	# Quiet, so that the address and the accounts stay on the screen.
	export IBASHO_DEMO=1 IBASHO_LOG_LEVEL=$${IBASHO_LOG_LEVEL:-warning}; \
		$(IBASHO) demo --if-empty && exec $(IBASHO) serve

test: setup
	$(PYTHON_IN) -m pytest -n 2 $(TESTS)

lint: $(STAMPS)/dev
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m ruff format --check .
	$(PYTHON_IN) -m mypy
	$(PYTHON_IN) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

bench: setup
	$(PYTHON_IN) -m benchmarks

faults: setup
	IBASHO_GONE_SECONDS=60 $(PYTHON_IN) -m pytest -v tests/jobs -k faults
	$(PYTHON_IN) -m benchmarks.faults
	IBASHO_PAIRS=1000000 $(PYTHON_IN) -m pytest -v -s tests/matching/test_no_rule_is_broken.py
	IBASHO_EXAMPLES=100 $(PYTHON_IN) -m pytest -v tests/api/test_described_and_held_to.py
	IBASHO_ATTEMPTS=100000 $(PYTHON_IN) -m pytest -v -s tests/resources/test_booking_at_once.py

setup: $(STAMPS)/dev api/static/vendor/.made node_modules/.for-tests

$(STAMPS)/venv: requirements/venv.sh
	echo "Setting up $(VENV) …"
	sh requirements/venv.sh
	mkdir -p $(STAMPS)
	touch $@

$(STAMPS)/runtime: $(STAMPS)/venv requirements/setup.txt requirements/runtime.txt pyproject.toml
	echo "Installing what the program needs (locked, about a minute) …"
	$(LOCKED) -r requirements/setup.txt
	$(LOCKED) -r requirements/runtime.txt
	$(INSTALL) --quiet --no-deps --no-build-isolation --no-index -e .
	touch $@

$(STAMPS)/dev: $(STAMPS)/runtime requirements/dev.txt
	echo "Installing what the tests need (locked) …"
	$(LOCKED) -r requirements/dev.txt
	touch $@

# npm comes from the locked packages: no node is needed on the machine.
NPM_CI := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

api/static/vendor/.made: package.json package-lock.json api/assets.py $(STAMPS)/runtime
	echo "Copying the browser's parts (locked) …"
	$(NPM_CI) --omit=dev >/dev/null
	$(PYTHON_IN) -m api.assets
	touch $@

# What the tests run besides; `npm ci` empties the folder, and this mark with it.
node_modules/.for-tests: package.json package-lock.json api/static/vendor/.made
	echo "Installing what the tests need of npm (locked) …"
	$(NPM_CI) >/dev/null
	touch $@

# The browser's parts are in it: a server needs no npm.
wheel: $(STAMPS)/runtime api/static/vendor/.made
	rm -rf build dist
	$(PYTHON_IN) -W ignore -m pip --quiet wheel --no-deps --no-build-isolation --no-index -w dist .
	cp requirements/runtime.txt dist/
	ls dist

lock: $(STAMPS)/dev
	cd requirements && for name in runtime dev setup; do \
		../$(PYTHON_IN) -m uv pip compile $$name.in --universal --python-version 3.11 --quiet \
			--generate-hashes --no-header --no-annotate --no-emit-index-url -o $$name.txt || exit 1; \
	done
