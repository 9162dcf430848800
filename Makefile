# Everything happens in .venv; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-training check schemas benchmark wheel clean

demo: $(VENV)/demo.stamp  ## set up, build the graph of the bundled abstracts, print two answers
	@if [ kg/extractor/weights/settings.json -nt demo/extractor.json ]; then rm -rf demo; fi  # another extractor's claims are not added to
	@$(BIN)/kg build kg/examples/abstracts.jsonl --graph demo
	@echo
	@echo 'Which methods target which hardware?   kg query methods-by-hardware --graph demo --min-confidence 0.5'
	@COLUMNS=$${COLUMNS:-150} $(BIN)/kg query methods-by-hardware --graph demo --min-confidence 0.5
	@echo
	@echo 'Which speedups were reported, against what?   kg query speedups --graph demo'
	@COLUMNS=$${COLUMNS:-150} $(BIN)/kg query speedups --graph demo
	@echo
	@echo 'More questions: $(BIN)/kg queries'

test: $(VENV)/test.stamp  ## set up and run the tests
	$(BIN)/python -m pytest

test-training: $(VENV)/train.stamp  ## the tests of training/, which need torch
	$(BIN)/python -m pytest tests/training

check: $(VENV)/test.stamp  ## style, types, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m kg.schemas --check

schemas: $(VENV)/test.stamp  ## write schemas/ again from the models
	$(BIN)/python -m kg.schemas

benchmark: $(VENV)/test.stamp  ## speed, printed as a ratio
	$(BIN)/python -m benchmarks speed

wheel: $(VENV)/test.stamp
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) demo dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "claimgraph needs Python 3.11 or later; name one with `make PYTHON=python3.12 …`")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/test.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/demo.stamp

$(VENV)/train.stamp: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	@touch $@
