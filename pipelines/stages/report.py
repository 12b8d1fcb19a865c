"""Make tables, figures and pages from the result files, and bring MLflow up to date with them.

MLflow is mlflow.db and mlartifacts, or the server of MLFLOW_TRACKING_URI.
"""

import math
import sys
from pathlib import Path

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import CODE, RESULTS, Whole
from diffrep.pipelines.core.stage import Stage

REPORTS = Path("reports")
TEMPLATES = REPORTS / "templates"
PUBLISHED = REPORTS / "published"  # what papers print
MACHINES = REPORTS / "machines"  # the same numbers from another machine
REFERENCE = CODE / "reference.json"  # what the tables of the reference run are, where a clone has it
METRICS = REPORTS / "metrics"  # what `dvc metrics` shows
CURVES = REPORTS / "curves"
SYNC_SECONDS = 300.0  # that MLflow may hold up the end of a run; one of the default grid takes some twenty
PLOTS = {  # what `dvc plots` shows, and how
    CURVES: {"x": "step", "y": "loss", "title": "Training loss, each method's own"},
    REPORTS / "figures": {},
}


def report(params: Params, whole: Whole) -> None:
    """Write tables, figures, index.html, and all other pages below reports; tell of them, and fill MLflow."""
    from diffrep.pipelines.headline import tell_headline, tell_made
    from diffrep.pipelines.study import not_run, so_far, study_of
    from diffrep.pipelines.tracking.trouble import StoreError
    from diffrep.reports.pages.build import build

    whole_study = study_of(params)
    study = so_far(whole_study)
    if left := [seed for seed in whole_study.seeds if seed not in study.seeds]:
        print(f"diffrep: warning: {not_run(left)}", file=sys.stderr)
    tell_made(REPORTS, build(Path(), REPORTS, study))
    tell_headline(REPORTS, study.datasets)
    try:
        sync(params, SYNC_SECONDS)
    except StoreError as error:
        print(f"diffrep: warning: {error}", file=sys.stderr)  # tables need no MLflow


def sync(params: Params, seconds: float = math.inf) -> None:
    """Bring MLflow in step with the result files, within so many seconds."""
    from functools import partial

    from diffrep.pipelines.study import settings_of, study_of
    from diffrep.pipelines.tracking.sync import sync

    sync(Path(), study_of(params), partial(settings_of, params), seconds)


STAGE = Stage(
    report,
    Whole,
    params=("grid", "report", "train", "evaluate", "datasets", "methods"),
    reads=lambda whole: (RESULTS, TEMPLATES, PUBLISHED, MACHINES, REFERENCE),
    writes=lambda whole: (REPORTS / "index.html", *(REPORTS / name for name in ("questions", "methods", "datasets"))),
    results=lambda whole: (*(REPORTS / name for name in ("tables", "figures", "pictures")), METRICS, CURVES),
)
