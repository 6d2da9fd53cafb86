PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.locked
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.PHONY: setup demo serve servers test verify verify-prefect mutation lock clean dictionary bench-reading

setup: $(STAMP)  ## make .venv with exactly the locked packages, and the command cakupan in it

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

demo: setup  ## make Jambi's example extracts, load them, print its coverage
	$(BIN)/cakupan demo --home demo

SERVED ?= demo
PORT ?= 4200
serve: setup  ## Prefect's server, worker and deployments for the home SERVED (demo), until Ctrl-C; SOURCE is its folder of extracts
	$(BIN)/cakupan serve --home $(SERVED) $(if $(SOURCE),--source $(SOURCE)) --port $(PORT)

servers: setup  ## install OpenSSH and PostgreSQL, which tests start, where apt-get may; otherwise say what is needed
	$(BIN)/python -m tests.servers

test: setup servers  ## every check: lint, types, import order, dictionary, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cakupan dictionary --check docs/dictionary.md
	$(BIN)/pytest -n 2 --dist loadfile

verify: setup  ## the long checks: thousands of random worlds and loads, and more kills
	CAKUPAN_EXAMPLES=5000 $(BIN)/pytest -n 2 tests/test_second_opinion.py
	CAKUPAN_EXAMPLES=300 CAKUPAN_KILLS=60 $(BIN)/pytest tests/test_load_properties.py tests/test_interrupted.py

verify-prefect: setup  ## every way to kill worker, flow and server at every stage of a load, on a real Prefect server
	$(BIN)/pytest -s tests/operations/verify_shifts.py tests/operations/verify_prefect.py

bench-reading: setup  ## reading 10 million CSV rows and 300,000 spreadsheet rows against the libraries alone
	$(BIN)/python -m tests.bench_reading

mutation: setup  ## change the transforms in every place and see whether a test notices
	$(BIN)/python -m tests.mutation

lock: setup  ## pin the newest allowed packages with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --upgrade --upgrade-package duckdb==1.5.5 --output-file requirements.lock pyproject.toml

dictionary: setup  ## write docs/dictionary.md from the declarations
	$(BIN)/cakupan dictionary > docs/dictionary.md

clean:  ## remove the environment and the demonstration
	rm -rf .venv demo demo-extracts
