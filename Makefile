# The one door: `make help` says what it opens.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8600
DATA ?= data
BIN := .venv/bin
CODE := app.py commands.py settings.py locales models access controls evidence readiness audits backup checks demo jobs api dashboard migrations bench tests

.PHONY: help run demo test faults lint format bench shots corpus cases verify backup restore collect link pages pins clean draft

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

# The stamp is newer than the pins: nothing to do. pip checks every hash.
.venv/product: requirements.txt
	@test -n "$(PYTHON)" || { echo "Aantoonbaar needs Python 3.11, 3.12 or 3.13; none was found. Install one, or say make PYTHON=/path/to/python."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; rm -rf .venv; exit 1; }
	@echo "Installing what the product needs; this takes a minute, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/development: .venv/product requirements-dev.txt
	@echo "Installing what tests and checks need."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

run: .venv/product  ## start the product; PORT=8601 and DATA=/some/folder choose where
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python app.py

demo: PORT = 8610
demo: DATA = demo-data
demo: .venv/product  ## a made-up organisation with a year and a half of history, to look at; PORT and DATA as with run
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m demo
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python app.py

test: .venv/development  ## every test; says which it leaves out and why
	@tests/browser/get_chromium.sh
	@$(BIN)/python -m pytest -n auto --dist worksteal --durations=20

faults: .venv/development  ## break it on purpose, for long: kills, hostile files, half-sent requests
	@$(BIN)/python -m pytest -m faults tests/faults

lint: .venv/development  ## ruff, mypy, the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/development  ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/development  ## measure, each figure beside a limit or a peer of the same run
	$(BIN)/python -m bench

shots: .venv/development  ## screenshots of every page into shots/
	@tests/browser/get_chromium.sh
	$(BIN)/python -m tests.browser.shots

corpus: .venv/product  ## make corpus DIR=folder [FORMATS=junit,nmap]: read real files, compare with what is true
	@test -n "$(DIR)" || { echo "Say which folder: make corpus DIR=../shared/corpus"; exit 2; }
	@$(BIN)/python -m checks.corpus "$(DIR)" $(if $(FORMATS),--formats "$(FORMATS)")

cases: .venv/$(if $(filter postgresql,$(DB)),development,product)  ## make cases DIR=folder [DB=postgresql]: histories with known answers
	@test -n "$(DIR)" || { echo "Say which folder: make cases DIR=../shared/readiness-cases"; exit 2; }
	@$(BIN)/python -m checks.cases "$(DIR)" --db $(or $(DB),sqlite)

verify: .venv/product  ## are database, evidence and activity log what was written? make verify [DATA=folder]
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands verify

backup: .venv/product  ## a copy of everything, while it runs: make backup TO=file [KEY=age-recipient]
	@test -n "$(TO)" || { echo "Say to which file: make backup TO=/backups/$$(date +%F).tar [KEY=age1...]"; exit 2; }
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands backup "$(TO)" $(if $(KEY),"$(KEY)")

restore: .venv/product  ## put it back in an empty place: make restore FROM=file DATA=folder [KEY=identity-file]
	@test -n "$(FROM)" || { echo "Say from which file: make restore FROM=file DATA=folder [KEY=identity-file]"; exit 2; }
	@AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands restore "$(FROM)" $(if $(KEY),"$(KEY)")

link: .venv/product  ## a new sign-in link for who lost theirs: make link EMAIL=name@example.org
	@test -n "$(EMAIL)" || { echo "Say whose: make link EMAIL=name@example.org"; exit 2; }
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands link "$(EMAIL)"

collect: .venv/product  ## collect evidence of the product itself now; PORT and DATA as with run
	@AANTOONBAAR_PORT=$(PORT) AANTOONBAAR_DATA="$(DATA)" $(BIN)/python -m commands collect

pages: .venv/product  ## write docs/policies anew from the policies' files
	@$(BIN)/python -m evidence.judging.policy_pages docs/policies

draft: .venv/product  ## a statement's files from a text, to be confirmed: make draft TEXT=file.md [OUT=folder]
	@test -n "$(TEXT)" || { echo "Say which text: make draft TEXT=file.md [OUT=folder]"; exit 2; }
	@$(BIN)/python -m commands draft "$(TEXT)" "$(or $(OUT),.)"

pins: .venv/development  ## pin requirements.in and requirements-dev.in anew, with hashes
	$(BIN)/uv pip compile --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q requirements-dev.in -o requirements-dev.txt

clean:  ## remove what was installed and cached; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis shots
