PYTHON ?= python3
BIN := .venv/bin
HOME_FOLDER ?= demo
VENV_SUPERSET ?= .venv-superset
PORT ?= 8088
SIZE ?= 1M
FORMAT ?= parquet
ENGINES ?= scan,floor,ours,ours_under,naive,dbt,pandas,pandas_gx,dask,pyspark
PAIRS ?= 5
SERVE_PORT ?= 4200
STAMP := .venv/.locked
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.PHONY: setup demo cookbook serve servers test mutation lock clean dictionary bench lock-bench bench-reading fuzz release-check \
	verify verify-second verify-properties verify-ceiling verify-readers verify-clients verify-prefect verify-backfill verify-keys \
	verify-privacy verify-faults verify-bits verify-corpora verify-bombs verify-disclosure verify-rebuild verify-silent verify-breach superset \
	superset-bundle verify-superset lock-superset

setup: $(STAMP)  ## make .venv with exactly the locked packages, and the command cakupan in it

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q -j 2 .venv/lib
	touch $(STAMP)

demo: setup  ## make Jambi's example extracts, load them, print its coverage
	$(BIN)/cakupan demo --home demo

cookbook: setup  ## make the homes of the cookbook where they are missing, and write its outputs anew
	$(BIN)/python -m tests.cookbook --write

serve: setup  ## Prefect's server, worker and deployments for HOME_FOLDER, until Ctrl-C; SOURCE is its folder of extracts
	$(BIN)/cakupan serve --home $(HOME_FOLDER) $(if $(SOURCE),--source $(SOURCE)) --port $(SERVE_PORT)

servers: setup  ## install OpenSSH and PostgreSQL, which tests start, where apt-get may; otherwise say what is needed
	$(BIN)/python -m tests.servers

test: setup servers  ## every check: lint, types, import order, dictionary, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cakupan dictionary --check docs/dictionary.md
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadfile

verify: setup servers  ## every long check of docs/promises.md, or ONLY some: hours; the summary names what failed
	$(BIN)/python -m tests.verify $(if $(ONLY),--only $(ONLY))

verify-second: setup  ## the transforms and plain SQL on 5,000 random worlds
	$(BIN)/python -m tests.verify --only second

verify-properties: setup  ## hundreds of random loads, and 200 kills of the command
	$(BIN)/python -m tests.verify --only properties

verify-ceiling: setup  ## a national month that needs more than 1.5 and 2 GiB: finished below them or refused by name
	$(BIN)/python -m tests.ceiling_kept

verify-faults: setup servers  ## a thousand kills, an error at every call to the disk, five thousand power cuts; hours on a busy machine
	$(BIN)/python -m tests.faults kills --count 1000
	$(BIN)/python -m tests.faults errors
	$(BIN)/python -m tests.faults power --count 5000

verify-bits: setup  ## 1,000 flipped bits in everything that is used again: each is noticed before use
	$(BIN)/python -m tests.bit_flips --flips 1000

verify-disclosure: setup  ## an attacker against 500 random families of linked tables and 12 revisions of each
	$(BIN)/python -m tests.disclosure 500

verify-readers: setup  ## 100 readers of DuckDB 1.1, 1.4, 1.5 and 2.0, each from its own environment, during 50 publishes
	$(BIN)/python -m tests.readers

verify-clients: demo  ## ODBC, JDBC and a spreadsheet program, as BI tools use them, on the demonstration's figures
	$(BIN)/python -m tests.drivers demo

verify-rebuild: setup  ## rebuild from landing as another user, under OTHER_PYTHON with the locked packages, in another order; needs root
	$(BIN)/python -m tests.rebuilt_elsewhere $(if $(OTHER_PYTHON),--python $(OTHER_PYTHON))

verify-silent: setup servers  ## every command where there is no network: none tries to reach anybody
	$(BIN)/python -m tests.silent

verify-breach: setup  ## how long it takes to say whom a leak of 1.5 million memberships would touch
	$(BIN)/python -m tests.breach_timed

verify-backfill: setup  ## kill a backfill of 36 months at four moments, complete it, and hold it to an undisturbed one
	$(BIN)/python -m tests.backfill_killed

verify-keys: setup  ## the rotation of the key, killed a thousand times (hours)
	$(BIN)/python -m tests.keys_killed 1000

verify-prefect: setup  ## every way to kill worker, flow and server at every stage of a load, on a real Prefect server
	$(BIN)/pytest -s tests/operations/verify_shifts.py tests/operations/verify_prefect.py

bench: setup .venv-bench  ## a national month of SIZE memberships: Cakupan beside its peers, and docs/performance.md anew
	$(BIN)/python -m bench --size $(SIZE) --format $(FORMAT) --engines $(ENGINES) --pairs $(PAIRS)
	$(BIN)/python -m bench.report

.venv-bench: bench/requirements.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement bench/requirements.lock

lock-bench: setup  ## pin the packages of the bench's peers with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --upgrade --output-file bench/requirements.lock bench/requirements.in

verify-corpora: setup  ## broken files of other projects and pollutions of our own: CORPORA is a folder of collections
	$(BIN)/python -m tests.corpora $(CORPORA)

fuzz: setup  ## feed readers, parsers, settings and commands with bad input for MINUTES, guided by coverage where atheris installs
	test -d .venv-fuzz || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .venv-fuzz "atheris==3.0.0" \
		|| mkdir -p .venv-fuzz
	PYTHONPATH=.venv-fuzz $(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),60)

verify-bombs: setup  ## twelve bombs against the command, in seconds and memory; then every naughty text in every place
	$(BIN)/python -m tests.bombs
	CAKUPAN_NAUGHTY=all $(BIN)/pytest tests/test_naughty.py

verify-privacy: setup  ## fifty runs that fail in every way, then everything they left is searched for the people of their files
	$(BIN)/python -m tests.scan_failing

release-check: setup  ## may this be released? versions, lock, changelog, bill of materials, known vulnerabilities (or those in ADVISORIES)
	test -x .venv-release/bin/pip-audit || { $(PYTHON) -m venv .venv-release && \
		.venv-release/bin/python -m pip install --quiet "pip-audit==2.10.1" "cyclonedx-python-lib[json-validation]==11.12.0"; }
	$(BIN)/python -m tests.release --tools .venv-release $(if $(ADVISORIES),--advisories $(ADVISORIES))

bench-reading: setup  ## reading 10 million CSV rows and 300,000 spreadsheet rows against the libraries alone
	$(BIN)/python -m tests.bench_reading

superset: setup  ## install Superset apart, import its dashboards and serve them on loopback: HOME_FOLDER=demo PORT=8088
	$(BIN)/python -m bi.superset --home $(HOME_FOLDER) --port $(PORT) --venv $(VENV_SUPERSET)

superset-bundle: setup  ## write the bundle for Superset from the declarations
	$(BIN)/python -m bi.superset.bundle

verify-superset: setup  ## a long check: start Superset for a copy of HOME_FOLDER, hold its figures to the facts, look at its pages
	$(BIN)/python -m tests.superset --home $(HOME_FOLDER) --venv $(VENV_SUPERSET)

lock-superset: setup  ## pin Superset's packages with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --upgrade --output-file bi/superset/requirements.lock bi/superset/requirements.in

mutation: setup  ## change transforms, gate and ledger in every place and see whether a test notices
	$(BIN)/python -m tests.mutation

lock: setup  ## pin the newest allowed packages with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --upgrade --upgrade-package duckdb==1.5.5 --output-file requirements.lock pyproject.toml

dictionary: setup  ## write docs/dictionary.md and its diagrams from the declarations
	$(BIN)/cakupan dictionary > docs/dictionary.md
	$(BIN)/cakupan dictionary --diagrams docs

clean:  ## remove the environments and the demonstrations
	rm -rf .venv .venv-fuzz .venv-readers .venv-superset .venv-bench bench-data demo demo-extracts demo-hidden demo-months demo-months-extracts late
