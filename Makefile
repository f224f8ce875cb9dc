# Two commands on a fresh machine, `make run` and `make test`. They need Python 3.11 to 3.13 and make, nothing else.

.DEFAULT_GOAL := run
.PHONY: run test test-playground bench fuzz gallery format lock clean

# The first Python of the right age among the usual names; `make PYTHON=...` names another.
RIGHT_AGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
CANDIDATES := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python)
override PYTHON := $(shell for name in $(CANDIDATES); do \
	if "$$name" -c '$(RIGHT_AGE)' 2>/dev/null; then echo "$$name"; break; fi; done)
ifeq ($(PYTHON),)
$(error Round Table needs Python 3.11, 3.12 or 3.13, and found none as: $(CANDIDATES). \
Install one, or name it: make PYTHON=/path/to/python3.12)
endif

# The virtual environment is made anew when the Python, the folder or a lock file is another one; else it is used as it is.
KEY := $(shell "$(PYTHON)" -c 'import hashlib, os, pathlib, sys; \
	locks = [pathlib.Path(lock).read_bytes() for lock in ("requirements.txt", "requirements-dev.txt")]; \
	print(hashlib.sha256(repr([sys.version, os.getcwd(), locks]).encode()).hexdigest()[:12])')
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
EMPTY := $(VENV)/empty-$(KEY)
RUNTIME := $(VENV)/runtime-$(KEY)
EVERYTHING := $(VENV)/everything-$(KEY)

run: $(RUNTIME)  ## The sandbox on http://127.0.0.1:8080; `make run ARGS="--port 9000"` for another port
	@$(BIN)/python -m bot sandbox $(ARGS)

test: $(EVERYTHING)  ## Lint, types, import contracts and all tests; ends with pytest's summary
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest --numprocesses auto $(ARGS)

# pytest finds no test in a file of this name by itself, so `make test` needs no npm.
test-playground: $(EVERYTHING)  ## The main job in Microsoft's own client of Teams; needs Node and Chromium
	@command -v npm >/dev/null || { echo "There is no npm. Install it with: apt-get install nodejs npm"; exit 1; }
	@cd tests/playground && { test node_modules/.package-lock.json -nt package-lock.json || npm ci --silent; }
	$(BIN)/python -m pytest tests/playground/main_job.py $(ARGS)

bench: $(EVERYTHING)  ## The benchmarks, as ratios
	@$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(EVERYTHING)  ## A million requests of every kind to the program; takes about an hour
	@$(BIN)/python -m tests.fuzzing $(ARGS)

gallery: $(EVERYTHING)  ## A picture of each message and form in screenshots/gallery; needs Node and Chromium
	@command -v npm >/dev/null || { echo "There is no npm. Install it with: apt-get install nodejs npm"; exit 1; }
	@cd tests/gallery && { test node_modules/.package-lock.json -nt package-lock.json || npm ci --silent; }
	@$(BIN)/python -m tests.gallery $(ARGS)

format: $(EVERYTHING)  ## Put the code in its one format, and mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Keeps the versions that stand in the locks where pyproject.toml still allows them; `make lock ARGS=--upgrade` takes the newest.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'
lock: $(EMPTY)  ## Write both lock files anew from pyproject.toml
	$(PIP) install uv==0.13.9
	$(LOCK) --group build --output-file requirements.txt $(ARGS)
	$(LOCK) --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt $(ARGS)

clean:  ## Remove what the other commands made, but not var/, where the data is
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(EMPTY):
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# The project itself is linked in, so that `pag` works; that needs no download, since the lock holds its build tool.
LINK := $(PIP) install --no-index --no-deps --no-build-isolation --editable .

$(RUNTIME): $(EMPTY)
	@echo "Installing what the program needs (requirements.txt)"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(LINK)
	@touch $@

$(EVERYTHING): $(EMPTY)
	@echo "Installing what the program and its tests need (requirements-dev.txt)"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(LINK)
	@touch $@
