# Two commands do all the set-up: `make demo` and `make test`.
# The system's own where it will do: a distribution's is built with its optimisations, another often is not, and then a
# run takes a quarter longer.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; assert sys.version_info >= (3, 11); print(sys.executable)' \
  2>/dev/null || echo python3)
VENV := .venv
BIN := $(VENV)/bin
WHEELS := --quiet --disable-pip-version-check --require-hashes

.PHONY: demo test bench soak faults lint format pins clean tools

demo: $(VENV)/run
	rm -rf out/demo && mkdir -p out/demo && cp samples/tasas-2026-12/* out/demo/
	$(BIN)/emission run out/demo/tasas-2026-12.csv
	@echo && echo "The first voucher: out/demo/out/tasas-2026-12/digital/0001/TSG-000001.pdf"

# The program is started anew by many a test: what it was compiled to is kept, even where a machine says not to.
test: $(VENV)/dev tools lint
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/bench
	$(BIN)/python -m bench --memory

# Hours, not minutes: a large batch under kills and faults; its result goes into docs/reliability.md.
soak: $(VENV)/dev
	$(BIN)/python -m bench.soak --page

# What the tests try by samples, tried whole: a kill at every boundary, many long stories.
faults: $(VENV)/dev
	EMISSION_FAULTS=all $(BIN)/python -m pytest tests/faults

format: $(VENV)/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# What the tests read finished files with; a checker that is not there fails them, it is never skipped.
tools: $(VENV)/dev
	@{ command -v qpdf && command -v java && command -v pdftotext && command -v chromium && test -e /usr/share/java/jaxb-runtime.jar \
	  && $(BIN)/python -c "import pyzbar.pyzbar"; } >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq >/dev/null && apt-get install -y \
	    -qq --no-install-recommends qpdf libzbar0 poppler-utils chromium default-jre-headless libjaxb-java >/dev/null; \
	  else echo "The tests need qpdf, zbar, poppler, Chromium, Java 17 and JAXB: install them with your system's packages." >&2; \
	  exit 1; fi; }

$(VENV)/run: requirements/run.txt requirements/build.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(WHEELS) -r requirements/build.txt -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	$(BIN)/python -m pip install $(WHEELS) -r requirements/dev.txt
	touch $@

# Who we are measured beside; one that cannot be had here is said to be absent.
$(VENV)/bench: $(VENV)/dev requirements/bench.txt
	$(BIN)/python -m pip install $(WHEELS) -r requirements/bench.txt || echo "The peers are not installed." >&2
	touch $@

# Pins by name, version and hash; nothing here records where a registry is.
PIN := uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal --python-version 3.11
pins:
	$(PIN) pyproject.toml --output-file requirements/run.txt
	$(PIN) pyproject.toml --group dev --output-file requirements/dev.txt
	$(PIN) pyproject.toml --group bench --output-file requirements/bench.txt
	$(PIN) requirements/build.in --output-file requirements/build.txt

clean:
	rm -rf $(VENV) out
