# Two commands on a bare machine: `make run` and `make test`. Both make .venv first where it is missing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test check bench docs lock clean

run: $(READY)  ## the main job: how well every player plays
	$(BIN)/hanabi-tui evaluate --games 1000

test: check  ## everything that must hold
	$(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks all

docs: $(READY)  ## docs/compact-row.md, from the code
	$(BIN)/python scripts/write_docs.py

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

lock:  ## renew constraints.txt from a fresh environment
	rm -rf .venv.lock && $(PYTHON) -m venv .venv.lock
	.venv.lock/bin/python -m pip install --quiet --editable '.[dev]'
	(head -1 constraints.txt && .venv.lock/bin/python -m pip freeze --exclude-editable) > constraints.new
	mv constraints.new constraints.txt && rm -rf .venv.lock

clean:
	rm -rf .venv .venv.lock build dist *.egg-info
