# make run, make chat, make test: everything is set up in .venv on first use and kept until the locks change.

VENV := .venv
BIN  := $(VENV)/bin
PIP  := PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
UV   ?= uv
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --quiet
ARGS ?=

.DELETE_ON_ERROR:
.PHONY: run chat test lint format docs lock clean

run: $(VENV)/.run
	@exec $(BIN)/hubbub serve $(ARGS)

chat: $(VENV)/.run
	@exec $(BIN)/hubbub chat $(ARGS)

test: $(VENV)/.dev
	$(BIN)/pytest --numprocesses=auto $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict src/hubbub tools
	$(BIN)/lint-imports
	$(BIN)/python tools/make_docs.py --check

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python tools/make_docs.py

# For maintainers: needs uv. setuptools is locked too, so that installing hubbub itself fetches nothing unlocked.
lock:
	echo 'setuptools>=77' | $(LOCK) --upgrade pyproject.toml - -o requirements.lock
	$(LOCK) --upgrade --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build

# The newest Python that really starts; a version manager's stand-ins may be there and not work.
$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        echo "Setting up $(VENV) with $$python …"; \
	        exec $$python -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "hubbub needs Python 3.11 or newer, and none was found. PYTHON=/path/to/python names one." >&2; exit 1

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing hubbub …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the tools for development …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
