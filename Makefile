# `make demo` serves, `make test` tests: both from a machine with Python 3.11+, make and a package index.

PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo demo-ray test clients audit setup lint types check bench check-models clean
.DEFAULT_GOAL := demo

setup: $(VENV)/.installed .env

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into $(VENV): about 6 GB with torch's CUDA builds, which also run on a CPU ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@# ultralytics asks for an OpenCV that needs a desktop's libraries; the same version without them takes its place.
	@$(PIP) --force-reinstall --no-deps opencv-python-headless==5.0.0.93
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements-ray.txt $(VENV)/.installed
	@$(PIP) -r requirements-dev.txt
	@touch $@

.env: | $(VENV)/.installed
	@$(BIN)/python -m skuapi.local_env

demo: setup
	@exec $(BIN)/python manage.py serve_demo

# The same with the engine in two replicas on a Ray cluster of this machine.
demo-ray: setup $(VENV)/.installed-ray
	@exec $(BIN)/python manage.py serve_demo --replicas 2

$(VENV)/.installed-ray: requirements-ray.txt $(VENV)/.installed
	@$(PIP) -r requirements-ray.txt
	@touch $@

# Roboflow's own clients drive the service in the tests. Each has an environment of its own: their pins are not ours.
# The libraries that they ask for and do not import are left out, and so is a desktop's OpenCV.
CLIENTS := tests/roboflow_clients

clients: .venv-sdk/.installed .venv-sdk-old/.installed $(CLIENTS)/node_modules/.installed

.venv-sdk/.installed: $(CLIENTS)/sdk.txt
.venv-sdk-old/.installed: $(CLIENTS)/sdk-old.txt
.venv-sdk/.installed .venv-sdk-old/.installed:
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

$(CLIENTS)/node_modules/.installed: $(CLIENTS)/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix $(CLIENTS); \
		else echo "npm is not installed: the tests under Node will be skipped."; mkdir -p $(@D); fi
	@touch $@

test: setup $(VENV)/.installed-dev clients
	@# A worker a core, each of which computes on one: two that both use all cores would take longer.
	@# In the order of the files: the longest, which hold few tests, would otherwise come last and alone.
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

audit: setup $(VENV)/.installed-dev
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m audit -n auto --dist loadfile

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup $(VENV)/.installed-dev
	@$(BIN)/mypy

check: setup
	@$(BIN)/python manage.py check
	@$(BIN)/python manage.py makemigrations --check --dry-run

check-models: setup
	@$(BIN)/python manage.py check_models

bench: setup
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .venv-sdk .venv-sdk-old $(CLIENTS)/node_modules .mypy_cache .ruff_cache .pytest_cache
