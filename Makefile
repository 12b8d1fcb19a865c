# make repro   every table and the report (sets itself up; JOBS=4: at most four processes side by side)
#              PROFILE=reference: the reference run, or one of its parts, reference_rooms; any other in workspaces/
#              SEED=0: what that seed needs, and the report of what is there
# make test    lint, types, tests (sets itself up)
#              ALL=1: the tests of whole runs too, as the workflow has them
# make ui      compare the runs in MLflow
# make site    the docs and the report as pages, in the folder site/
# make smoke   the whole pipeline on its smallest grid, in the folder smoke/

PYTHON ?= python3
PROFILE ?= default
SMOKE ?= smoke
VENV := .venv
STAMP := $(VENV)/.made-from-$(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

OPTIONS := $(if $(JOBS),--jobs $(JOBS)) $(if $(SEED),--seed $(SEED))
PARTS := $(if $(filter reference,$(PROFILE)),reference_rooms reference_faces reference_correlated,$(PROFILE))
folder = $(if $(filter reference_%,$(1)),$(1:reference_%=reports/reference/%),workspaces/$(1))

define run
diffrep workspace --profile $(1) $(call folder,$(1))
cd $(call folder,$(1)) && diffrep repro $(OPTIONS)

endef

.PHONY: repro test ui smoke site

repro: $(STAMP)
	$(if $(filter default,$(PROFILE)),diffrep repro $(OPTIONS),$(foreach part,$(PARTS),$(call run,$(part))))

test: $(STAMP)
	ruff check .
	ruff format --check .
	mypy
	PYTHONPATH=tests/links lint-imports --no-logo
	OMP_NUM_THREADS=1 pytest $(if $(ALL),,-m 'not long') --numprocesses auto --dist loadfile --no-loadscope-reorder --durations 30

ui: $(STAMP)
	diffrep ui

# the report lies beside the results that its numbers lead to
site: $(STAMP)
	mkdocs build --strict --site-dir site
	diffrep report
	mkdir -p site/reports
	cp -R reports/index.html reports/questions reports/methods reports/datasets site/reports
	cp -R results site

smoke: $(STAMP)
	diffrep workspace --profile smoke $(SMOKE)
	cd $(SMOKE) && diffrep repro $(if $(JOBS),--jobs $(JOBS))

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "diffrep needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo 'Setting up $(VENV): PyTorch and about 200 packages, some minutes the first time'
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@rm -f $(VENV)/.made-from-*
	@touch $@
