# Two commands set everything up on a fresh machine with Python 3.11 to 3.13: make run, make test.
# Without an NVIDIA card, GPU=0 after either saves 270 MB of downloads; it is remembered until "make clean".
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check
GPU    ?= $(if $(wildcard $(VENV)/run-cpu.stamp),0,1)
NETS   := $(if $(filter 0,$(GPU)),cpu,gpu)
# Packages that write into the folder of one that the lock installs: never both.
RIVALS := onnxruntime onnxruntime-gpu opencv-python pygame
LOCK   := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate
APART  := --no-emit-package onnxruntime --no-emit-package onnxruntime-gpu

.PHONY: run test test-long lint lock clean

run: $(VENV)/run-$(NETS).stamp
	$(BIN)/chiaro run $(ARGS)

test: $(VENV)/dev-$(NETS).stamp
	$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-long: $(VENV)/dev-$(NETS).stamp
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/dev-$(NETS).stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What is needed to run. Extras that were added by hand (cuda, gpu, train) stay.
$(VENV)/run-$(NETS).stamp: pyproject.toml requirements/build.txt requirements/run.txt requirements/$(NETS).txt
	$(PYTHON) -m venv $(VENV)
	rm -f $(VENV)/*.stamp
	$(BIN)/pip uninstall -qqq --yes $(RIVALS)
	$(PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt -r requirements/$(NETS).txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# What is needed to develop, on top of it.
$(VENV)/dev-$(NETS).stamp: $(VENV)/run-$(NETS).stamp requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

# Locks the versions anew (needs uv); delete a file first to take the newest instead of keeping what it has.
# onnxruntime has files of its own, since GPU=0 takes another one.
lock:
	grep -o '"onnxruntime[->].*"' pyproject.toml | grep -v '\[' | tr -d '"' | $(LOCK) --no-deps - -o requirements/gpu.txt
	grep -o '"onnxruntime>[^;]*' pyproject.toml | tr -d '"' | $(LOCK) --no-deps - -o requirements/cpu.txt
	grep -o 'setuptools>=[0-9]*' pyproject.toml | $(LOCK) - -o requirements/build.txt
	$(LOCK) $(APART) pyproject.toml -o requirements/run.txt
	$(LOCK) $(APART) --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:
	rm -rf $(VENV) build *.egg-info
