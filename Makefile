# Everything happens in a virtual environment, .venv by default.
# make install PYTHON=python3.12   chooses the interpreter that makes it.
# make test VENV=~/envs/mmhoi      uses another environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.mmhoi-installed
CODE := setup.py .ci mmhoi tools demo projects tests configs benchmarks

.PHONY: install demo test test-web matrix lint clean

install: $(STAMP)

$(STAMP): setup.py pyproject.toml $(wildcard requirements/*.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo 'mmhoi needs Python 3.10 or later: make PYTHON=...'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --prefer-binary -e '.[tests]'
	touch $@

demo: install
	$(BIN)/python tools/misc/demo.py

test: install
	$(BIN)/python -m pytest

# Needs Chromium; takes Playwright's where the system has none.
test-web: install
	$(BIN)/python -m pip install --prefer-binary -r requirements/web.txt
	MMHOI_WEB_TESTS=1 $(BIN)/python -m pytest tests/test_web/browser

# The packages that people have, in environments of their own below build/.
# make matrix ROWS='--only upstream'   tries one of them.
matrix: install
	$(BIN)/python .ci/matrix.py $(ROWS)

lint: install
	$(BIN)/flake8 $(CODE)
	$(BIN)/isort --check-only $(CODE)
	$(BIN)/yapf --diff --recursive $(CODE)
	$(BIN)/codespell

clean:
	rm -rf build dist *.egg-info .pytest_cache
	find $(CODE) -name __pycache__ -type d -exec rm -rf {} +
