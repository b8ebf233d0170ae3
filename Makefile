# Two commands do all set-up on a fresh machine with Python 3.11: make run, make test.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test test-long lint clean

run: $(VENV)/run.stamp
	$(BIN)/chiaro run $(ARGS)

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-long: $(VENV)/dev.stamp
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
