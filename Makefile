# Two commands on a bare machine: `make run` and `make test`. Each makes .venv first where it is missing.
PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
TESTS := .venv/.tests
# setuptools, which builds the package in an environment of its own, is held to the same versions
export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check bench docs pictures site lock clean

run: $(RUNS)  ## the main job: train a two-player agent on this machine for an hour; Ctrl-C stops, then again: goes on
	$(BIN)/hanabi-tui --no-ui

test: check  ## everything that must hold
	$(BIN)/python -m pytest -n 3 --dist loadgroup  # one more than cores: tests wait as often as they compute

check: $(TESTS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(TESTS)  ## the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks all

docs: $(TESTS)  ## what the code writes into docs/
	$(BIN)/python scripts/write_docs.py

pictures: $(TESTS)  ## the pictures of the console that its tests compare with, after it was changed on purpose
	RENEW_PICTURES=1 $(BIN)/python -m pytest -q tests/hanabi_tui/console/test_pictures.py

site: docs  ## the documentation as a site, in build/site
	$(BIN)/mkdocs build --quiet --site-dir build/site

$(RUNS): pyproject.toml constraints.txt | .venv
	@echo "Installing hanabi-tui into .venv: about a minute."
	$(BIN)/python -m pip install --quiet --editable '.[console]'
	@touch $@

$(TESTS): pyproject.toml constraints.txt | .venv
	@echo "Installing hanabi-tui and the tools that test it into .venv: a minute or two."
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(RUNS)

.venv:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

lock:  ## renew constraints.txt from a fresh environment
	rm -rf .venv.lock && $(PYTHON) -m venv .venv.lock
	PIP_CONSTRAINT= .venv.lock/bin/python -m pip install --quiet torch==2.13.0 setuptools --editable '.[dev,gpu]'
	(head -1 constraints.txt && .venv.lock/bin/python -m pip freeze --all --exclude-editable | \
		grep -v '^pip==' | sed 's/+cpu$$//') > constraints.new
	mv constraints.new constraints.txt && rm -rf .venv.lock

clean:
	rm -rf .venv .venv.lock build dist *.egg-info
