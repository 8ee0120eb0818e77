# Commands for users and developers; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8600
DATA ?= data
BIN := .venv/bin
CODE := app.py commands.py settings.py locales models access controls evidence readiness audits reports backup checks demo jobs api dashboard client migrations bench tests

.PHONY: help run demo test faults tools lint format bench shots corpus cases verify backup restore collect link pages pins clean draft

help:  ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

# If this stamp is newer than the pinned requirements, nothing is installed. pip checks every hash.
.venv/product: requirements.txt
	@test -n "$(PYTHON)" || { echo "Aantoonbaar needs Python 3.11, 3.12 or 3.13; none was found. Install one, or run make PYTHON=/path/to/python."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; rm -rf .venv; exit 1; }
	@echo "Installing what the product needs. This takes a minute, the first time only."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/development: .venv/product requirements-dev.txt
	@echo "Installing what tests and checks need."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

run: .venv/product  ## start the product: make run [PORT=8601] [DATA=folder]
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python app.py

demo: PORT = 8610
demo: DATA = demo-data
demo: .venv/product  ## start with a fictional organisation that has eighteen months of history: make demo [PORT=8611] [DATA=folder]
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m demo
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python app.py

# Thousands of databases are made and removed: in memory where there is enough of it.
test: export TMPDIR ?= $(shell test "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 4000000 2>/dev/null && echo /dev/shm || echo /tmp)
test: export PYTHONDONTWRITEBYTECODE =  # compiled modules are kept: the tests start some seventy processes
test: .venv/development  ## run every test; lists the tests it skips and why
	@tests/browser/get_chromium.sh
	@$(BIN)/python -m pytest -n auto --dist worksteal --durations=20

faults: .venv/development  ## run the long fault tests: killed processes, hostile files, half-sent requests
	@$(BIN)/python -m pytest -m faults tests/faults

tools: .venv/development  ## run scanners and test tools that are here, and upload what they write: make tools [TOOLS_PATH=folder:folder]
	@TOOLS_PATH="$(TOOLS_PATH)" $(BIN)/python -m pytest -rs -m tools tests/tools

lint: .venv/development  ## run ruff, mypy and the check of the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	cd client && ../$(BIN)/lint-imports --no-cache

format: .venv/development  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/development  ## run the benchmarks; each figure has a limit or a reference measured in the same run
	$(BIN)/python -m bench

shots: .venv/development  ## save a screenshot of every page in shots/
	@tests/browser/get_chromium.sh
	$(BIN)/python -m tests.browser.shots

corpus: .venv/product  ## read real files and compare with the expected results: make corpus DIR=folder [FORMATS=junit,nmap]
	@test -n "$(DIR)" || { echo "Name the folder: make corpus DIR=../shared/corpus"; exit 2; }
	@$(BIN)/python -m checks.corpus "$(DIR)" $(if $(FORMATS),--formats "$(FORMATS)")

cases: .venv/$(if $(filter postgresql,$(DB)),development,product)  ## run the readiness rule on histories with known answers: make cases DIR=folder [DB=postgresql]
	@test -n "$(DIR)" || { echo "Name the folder: make cases DIR=../shared/readiness-cases"; exit 2; }
	@$(BIN)/python -m checks.readiness_cases "$(DIR)" --db $(or $(DB),sqlite)

verify: .venv/product  ## check that database, evidence and activity log are unaltered: make verify [DATA=folder]
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands verify

backup: .venv/product  ## back up everything, also while the product runs: make backup TO=file [KEY=age-recipient]
	@test -n "$(TO)" || { echo "Name the file: make backup TO=/backups/$$(date +%F).tar [KEY=age1...]"; exit 2; }
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands backup "$(TO)" $(if $(KEY),"$(KEY)")

restore: .venv/product  ## restore a backup into an empty folder: make restore FROM=file DATA=folder [KEY=identity-file]
	@test -n "$(FROM)" || { echo "Name the file: make restore FROM=file DATA=folder [KEY=identity-file]"; exit 2; }
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands restore "$(FROM)" $(if $(KEY),"$(KEY)")

link: .venv/product  ## print a new one-time link for a person who cannot sign in: make link EMAIL=name@example.org
	@test -n "$(EMAIL)" || { echo "Name the person: make link EMAIL=name@example.org"; exit 2; }
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands link "$(EMAIL)"

collect: .venv/product  ## upload evidence about the product itself now: make collect [PORT=8601] [DATA=folder]
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands collect

pages: .venv/product  ## write docs/policies and docs/formats again from the policy files and the modules of formats
	@$(BIN)/python -m evidence.judging.policy_pages docs/policies
	@$(BIN)/python -m evidence.judging.format_pages docs/formats

draft: .venv/product  ## draft the files of a statement from a text: make draft TEXT=file.md [OUT=folder]
	@test -n "$(TEXT)" || { echo "Name the text: make draft TEXT=file.md [OUT=folder]"; exit 2; }
	@$(BIN)/python -m commands draft "$(TEXT)" "$(or $(OUT),.)"

pins: .venv/development  ## pin requirements.in and requirements-dev.in again, with hashes
	$(BIN)/uv pip compile --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q requirements-dev.in -o requirements-dev.txt

clean:  ## remove installed packages and caches; keep data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis shots
