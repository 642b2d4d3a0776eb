# What is needed: Python 3.11 or later, pip, make. Everything is installed into .venv, nothing outside.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST_ARGS ?= -n 2 --dist loadfile
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
OUT    := demo-release

.DEFAULT_GOAL := help
.PHONY: help demo test test-spark check format lock reference clean

help:
	@echo "make demo       install, run the invented trial, say where its risk report is"
	@echo "make test       install the development tools, run all tests"
	@echo "make test-spark install Spark, test its engine; needs Java 17"
	@echo "make check      ruff, mypy, import contracts"
	@echo "make format     let ruff format the code"
	@echo "make reference  write docs/reference.md from the code"
	@echo "make bench-NAME run benchmarks/NAME.py, with ARGS=\"...\" where it needs options"
	@echo "make lock       work the pinned requirements out anew"
	@echo "make clean      remove .venv and $(OUT)"

demo: $(VENV)/.package
	@rm -rf $(OUT)
	@$(BIN)/deid demo --out $(OUT)
	@echo "$(CURDIR)/$(OUT)/report.html"

test: $(VENV)/.dev
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-spark: $(VENV)/.spark
	@$(BIN)/python -m pytest tests/pipeline/test_spark.py

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

reference: $(VENV)/.dev
	@$(BIN)/python docs/make_reference.py

bench-%: benchmarks/%.py $(VENV)/.dev
	@$(BIN)/python $< $(ARGS)

COMPILE := pip-compile --quiet --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-trusted-host \
           --no-emit-find-links --strip-extras --no-header
EXTRAS := --extra dev --extra benchmarks --extra cloud --extra database --extra fhir
lock: $(VENV)/.dev
	@$(BIN)/$(COMPILE) --output-file requirements.txt pyproject.toml
	@$(BIN)/$(COMPILE) $(EXTRAS) --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(BIN)/$(COMPILE) --extra spark --constraint requirements-dev.txt --output-file requirements-spark.txt pyproject.toml

clean:
	rm -rf $(VENV) $(OUT) build *.egg-info

# Stamps: each step is done once, and again when what it is made from has changed.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "deid needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made: is python3-venv installed?"; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.made
	@echo "Installing what deid needs into $(VENV) (once, a few minutes)"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.package: pyproject.toml $(VENV)/.runtime
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.package
	@echo "Installing the development tools into $(VENV) (once)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.spark: requirements-spark.txt $(VENV)/.dev
	@echo "Installing Spark into $(VENV) (once)"
	@$(PIP) install --require-hashes -r requirements-spark.txt
	@touch $@
