# Everything that a newcomer or the continuous integration types. Each target sets up what it needs, once: see tools/set-up.
MAKEFLAGS += --no-print-directory
BIN := .venv/bin

# Set-up leaves standard input alone, and its words go to standard error: both belong to the command that follows.
SET_UP_CHAT := @tools/set-up chat </dev/null >&2
SET_UP_DEV := @tools/set-up dev </dev/null >&2

.PHONY: help chat test check bench bench-large crash attacks coverage lock clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' -v wide="$$(tput cols 2>/dev/null || echo 80)" '/^[a-z-]+:.*## / { \
	    line = sprintf("make %-12s", $$1); \
	    many = split($$2, words, " "); \
	    for (at = 1; at <= many; at++) { \
	        if (length(line " " words[at]) > wide) { print line; line = sprintf("%17s", "") } \
	        line = line " " words[at] \
	    } \
	    print line }' Makefile

chat: ## talk with the bot in this terminal, answering from docs/
	$(SET_UP_CHAT)
	@exec $(BIN)/footnote chat

test: ## run all tests, in three processes
	$(SET_UP_DEV)
	@exec $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: ## format, lint, types, import contracts, dependencies, dead code
	$(SET_UP_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/vulture

bench: ## measure, in ratios of one run; DATA=folder adds retrieval over BEIR folders, ARGS=--json prints JSON
	$(SET_UP_DEV)
	@exec $(BIN)/python -m tests.benchmarks $(if $(DATA),--data $(DATA)) $(ARGS)

bench-large: ## measure searching in 1,000,000 made-up chunks, in one file and in PostgreSQL: half an hour, 8 GB of disk
	$(SET_UP_DEV)
	@exec $(BIN)/python -m tests.benchmarks $(or $(ARGS),large vectors_large)

crash: ## kill syncs and bots at random, look for damage, and for leaks; ARGS="--seed N" makes another plan
	$(SET_UP_DEV)
	@exec $(BIN)/python -m pytest -m crash tests/crash tests/leaks $(ARGS)

attacks: ## run the attacks on a model that obeys them, and say of each how it stands
	$(SET_UP_DEV)
	@exec $(BIN)/python -m pytest -q -m attack tests/attacks $(ARGS)

coverage: ## run all tests, and say which branches none of them took
	$(SET_UP_DEV)
	$(BIN)/coverage run -m pytest -q $(ARGS)
	$(BIN)/coverage report

lock: ## choose anew the version and hashes of every dependency, from pyproject.toml
	@tools/lock

clean: ## remove what set-up, tests and tools made here; knowledge and conversations in .footnote/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov dist
	find bot adapters knowledge migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
