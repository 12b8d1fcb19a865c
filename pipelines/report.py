"""Stage report: tables, figures and the page from the result files, and MLflow filled from the same."""

from pathlib import Path
from typing import Any

from diffrep.pipelines.tracking import sync as fill_mlflow
from diffrep.reports.build import build


def report(params: dict[str, Any]) -> None:
    """Write reports/tables, reports/figures, reports/index.html and reports/methods, and bring MLflow up to date."""
    build(Path(), Path("reports"), params)
    sync(params)


def sync(params: dict[str, Any]) -> None:
    """Bring MLflow's database up to date with the result files."""
    fill_mlflow(Path(), params)
