"""Stage report: tables, figures and the page from the result files, and MLflow filled from the same."""

from pathlib import Path
from typing import Any

from diffrep.pipelines.compare import compare
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.sections import Report
from diffrep.pipelines.tracking.sync import sync as fill_mlflow
from diffrep.reports.build import build
from diffrep.reports.load import grid_of, load, tidy


def report(params: dict[str, Any]) -> None:
    """Write reports/tables, reports/figures, reports/index.html and reports/methods, and bring MLflow up to date."""
    reference = section(params, "report", Report).reference
    compared = compare(tidy(load(Path(), params)), grid_of(params), reference)
    build(Path(), Path("reports"), params, compared)
    sync(params)


def sync(params: dict[str, Any]) -> None:
    """Bring MLflow's database up to date with the result files."""
    fill_mlflow(Path(), params)
