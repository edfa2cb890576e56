# make help     this list
# make          set up .venv from the lock if needed, and run the pipeline
# make recordings  add to .venv what reads recordings of one's own (ABF, NWB and others)
# make check    lint, most unit tests, published numbers among them, and one small run: two minutes
# make test     lint, and all tests
# make report   run the pipeline, and show all that was made in report.html
# make docs     check spelling, and build the documentation, as web pages, in docs/_build/html
# make rulegraph  draw docs/rulegraph.svg anew (needs Graphviz)
# make lock     resolve the dependencies anew

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.in-sync-with-lock
RECORDINGS := .venv/.reads-recordings

.PHONY: help run report recordings check test lint docs rulegraph lock clean
.DEFAULT_GOAL := run

run: $(READY)
	$(BIN)/snakemake --cores all

help:
	@sed -n 's/^# make/make/p' $(MAKEFILE_LIST)

# Of commands that say nothing unless they fail.
quietly = out=$$($(1) 2>&1) || { echo "$$out"; exit 1; }

report: $(READY)
	@$(BIN)/snakemake --dry-run all everything_made 2>&1 | grep '^Nothing to be done' || \
	$(BIN)/snakemake --cores all all everything_made
	@$(call quietly,$(BIN)/snakemake --cores 1 --force results/provenance.html)
	@$(call quietly,$(BIN)/snakemake all everything_made results/provenance.html --report report.html)
	@echo "Open report.html in a browser; results/explore.html beside it has interactive charts."

# Statistics of many simulations, and files of other programs, are left to `make test`.
LONG := inference/test_regression.py recordings studies/test_calibration.py test_benchmarks.py

recordings: $(RECORDINGS)

check: lint $(RECORDINGS)
	$(BIN)/pytest tests/unit tests/workflow/test_small_run.py $(LONG:%=--ignore=tests/unit/%)

test: lint $(RECORDINGS)
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow benchmarks
	$(BIN)/snakemake --lint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	bash -n .ci/run

docs: $(READY)
	cd workflow && ../$(BIN)/python -m nto1.config
	$(BIN)/codespell *.md CITATION.cff config docs workflow
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env docs docs/_build/html

rulegraph: $(READY)
	$(BIN)/snakemake --rulegraph | $(BIN)/python docs/rulegraph.py docs/rulegraph.svg

$(READY): envs/requirements.lock envs/bootstrap.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; ok = (3, 11) <= v < (3, 14); \
	ok or sys.exit(f"Python 3.11, 3.12 or 3.13 is needed, but $(PYTHON) is {v.major}.{v.minor}. Try: make PYTHON=python3.11")'
	@printf 'Installing the locked packages into .venv, once: about a minute '
	@test ! -L .venv || rm .venv # a link; what it leads to is somebody's
	@$(PYTHON) -m venv --clear .venv
	@PIP_USER=0 PIP_TARGET= $(BIN)/pip install --quiet --require-hashes --no-deps -r envs/bootstrap.lock
	@$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python envs/requirements.lock & \
	while kill -0 $$! 2> /dev/null; do printf .; sleep 1; done; echo; wait $$!
	@cd workflow && ../$(BIN)/python -c 'import os, sysconfig; \
	print(os.getcwd(), file=open(sysconfig.get_path("purelib") + "/nto1.pth", "w"))'
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m nto1 "$$@"\n' > $(BIN)/nto1 && chmod +x $(BIN)/nto1
	@touch $@

$(RECORDINGS): envs/recordings.lock $(READY)
	$(BIN)/uv pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python -r $<
	@touch $@

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra workflow --extra test --extra docs $(LOCK_OPTIONS) \
	-o envs/requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra recordings --extra test-recordings $(LOCK_OPTIONS) \
	--constraints envs/requirements.lock -o envs/recordings.lock
	grep '^uv==' envs/requirements.lock | sed 's/ .*//' | \
	$(BIN)/uv pip compile - --no-annotate $(LOCK_OPTIONS) -o envs/bootstrap.lock

LOCK_OPTIONS := --quiet --no-header --universal --fork-strategy fewest --python-version 3.11 --generate-hashes

clean:
	rm -rf results .snakemake
