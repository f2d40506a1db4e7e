# `make lab` and `make test` need nothing but some Python: bootstrap.py sets up .venv first.
# PYTHON=/path/to/python3.13 names the Python to use, PORT=9000 where JupyterLab is to listen.

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
ANY_PYTHON := $(firstword $(foreach p,$(PYTHON) python3 python python3.13 python3.12 python3.11,$(if $(shell command -v $(p)),$(p))))
SETUP = $(if $(ANY_PYTHON),"$(ANY_PYTHON)" bootstrap.py,@echo "No Python was found: install Python 3.11, 3.12 or 3.13." >&2; exit 1; :)
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help lab test build check prove mutants grade attacks bench faults site hub datasets lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*##[[:space:]]*/\1|/' | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

lab:  ## set up on the first call, then open JupyterLab on the start page (PORT=9000)
	@$(SETUP)
	@exec $(BIN)/mle lab $(if $(PORT),--port "$(PORT)") $(ARGS)

test:  ## prove everything: package, notebooks, graders, browser (ARGS="-k name" for a part)
	@$(SETUP) --test
	@sh tools/system_tools.sh
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal $(ARGS)

build:  ## build solutions/ and modules/ from the lessons that changed
	@$(SETUP)
	@$(BIN)/mle build $(ARGS)

check:  ## lint and format-check the package, the lessons and the tests
	@$(SETUP) --test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

prove:  ## show that every grader is sound (ARGS=lessons/FOLDER for one)
	@$(SETUP) --test
	@$(BIN)/mle prove $(ARGS)

mutants:  ## score every grader against mutated answers; writes the committed table
	@$(SETUP) --test
	@$(BIN)/mle prove --mutants $(ARGS)

grade:  ## grade what was handed in for a module (MODULE=03-build-and-train-models)
	@$(SETUP)
	@$(BIN)/mle grade $(MODULE) $(ARGS)

attacks:  ## run every attack against nbgrader's own autograder and against the engine; writes the committed table
	@$(SETUP) --test
	@sh tools/system_tools.sh
	@$(BIN)/python tests/attacks/stock.py $(ARGS)

bench:  ## time nbgrader's own autograder and the engine on one class; writes the committed report and its plot
	@$(SETUP) --test
	@sh tools/system_tools.sh
	@$(BIN)/python tools/bench.py $(ARGS)

faults:  ## kill engine, workers and kernels at 100 random moments of a class; writes the committed counts
	@$(SETUP) --test
	@sh tools/system_tools.sh
	@$(BIN)/python tools/faults.py --rounds 100 --write $(ARGS)

site:  ## render the course as a book for the browser, into site/
	@$(SETUP) --test
	@$(BIN)/python tools/book.py

hub:  ## a JupyterHub for one class on this machine (hub/README.md)
	@$(SETUP) --test
	@exec $(BIN)/jupyterhub -f hub/jupyterhub_config.py $(ARGS)

datasets:  ## rebuild the datasets from their sources and compare (NAME=flights for one)
	@$(SETUP) --test
	@$(BIN)/python datasets/rebuild.py $(NAME) $(ARGS)

lock:  ## resolve pyproject.toml into the locks (ARGS=--upgrade for the newest versions)
	@$(SETUP) --test
	@$(BIN)/python tools/lock.py $(ARGS)

clean:  ## remove .venv and caches; learners' work and marks stay
	@rm -rf .venv build dist site .pytest_cache .ruff_cache .mle-cache src/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
