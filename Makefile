# One command each. Everything but `help` and `clean` makes what it needs first: system packages, .venv, catalogues.
.DEFAULT_GOAL := help
.PHONY: help demo test check coverage bench bench-scan bench-sync bench-fleet faults soak fuzz texts lock setup clean
MAKEFLAGS += --no-print-directory

BIN := .venv/bin

help: ## say what the commands do
	@sed -n 's/^\([a-z][a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: setup ## run a whole terminal and a shop here; ONCE=1 plays the story and ends
	@$(BIN)/opas demo $(if $(filter-out 0,$(ONCE)),--once)

test: ## run every test, LANES=2 at a time; ARGS="tests/unit -k word" chooses some
	@deploy/setup/system test
	@deploy/setup/venv
	@$(BIN)/python -m $(if $(ARGS),pytest $(ARGS),tests.lanes $(or $(LANES),2))

check: setup ## style, types and the import graph
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

coverage: setup ## which branches of the pure modules no unit test takes
	@$(BIN)/python -m pytest -q tests/unit --cov

bench: setup ## measure, print a table, write build/bench/*.json
	@$(BIN)/python -m tests.bench

bench-scan: setup ## measure scanning beside other libraries; IMAGES=DIR takes a folder of pictures
	@$(BIN)/python -m tests.bench scan

bench-sync: setup ## measure sync beside thingsboard-gateway, installed for this into build/bench; SECONDS=n at 10 events/s
	@deploy/setup/system test
	@$(BIN)/python -m tests.bench.sync $(SECONDS)

bench-fleet: setup ## measure a fleet on this machine; DEVICES=n, by default 500
	@$(BIN)/python -m tests.bench.fleet $(DEVICES)

setup: ## system packages and .venv, for running
	@deploy/setup/system
	@deploy/setup/venv

fuzz: setup ## ever new bytes against the readers of codes; FUZZ_SECONDS=3600 for longer than 10 minutes
	@$(BIN)/python -m tests.fuzz.fuzz_payload $(or $(FUZZ_SECONDS),600) build/fuzz

faults: setup ## kill, fill, damage and deceive a running site; FAULTS=n SEED=s, by default 1000 and a new one
	@$(BIN)/python -m tests.faults $(or $(FAULTS),1000) $(SEED)

soak: setup ## let people come for an hour and see that nothing grows; MINUTES=n SEED=s
	@$(BIN)/python -m tests.soak $(or $(MINUTES),60) $(SEED)

texts: setup ## gather new and changed texts into assets/locales, to be translated
	@deploy/setup/texts

lock: ## write deploy/lock/*.txt anew from pyproject.toml; UPGRADE=1 takes newer versions
	@deploy/setup/lock

clean: ## remove .venv and all that was built
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find kiosk sync deploy tests -name __pycache__ -prune -exec rm -rf {} +
	rm -f assets/locales/*/LC_MESSAGES/*.mo
