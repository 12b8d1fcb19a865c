"""Views that MLflow keeps with an experiment."""

import json

import pytest
from tracked_tree import DATASET

from diffrep.pipelines.tracking.store import open_store
from diffrep.pipelines.tracking.views import save_views

MEASURED = ["mig", "average_precision", "probe/auroc"]


@pytest.fixture
def views(root):
    """Name -> state of the views that are kept."""
    store = open_store(root)
    number = store.experiment(DATASET)
    assert save_views(store, number, MEASURED) == "runs"
    tags = store.client.get_experiment(number).tags
    kept = {key: json.loads(value) for key, value in tags.items() if key.startswith("mlflow.sharedViewState.")}
    return {view["name"]: json.loads(view["state"]) for view in kept.values()}


def test_columns_are_the_headline_that_was_measured(views):
    columns = ["metrics.`average_precision`", "metrics.`mig`"]
    assert all(view["selectedColumns"] == columns for view in views.values())
    assert all(view["orderByKey"] == columns[0] and not view["orderByAsc"] for view in views.values())


def test_the_views_show_methods_their_means_and_all_rows(views):
    current = "tags.state = 'current'"
    assert {name: view["searchFilter"] for name, view in views.items()} == {
        "Runs": f"tags.`diffrep.kind` = 'method' and {current}",
        "Means": f"tags.`diffrep.kind` = 'method' and {current}",
        "Runs, anchors": f"tags.`diffrep.kind` != 'report' and {current}",
    }
    assert [name for name, view in views.items() if "groupBy" in view] == ["Means"]


def test_every_chart_has_its_section(views):
    sections = {section["uuid"] for section in views["Runs"]["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in views["Runs"]["compareRunCharts"]} <= sections


def test_folders_are_closed_and_only_those_that_hold_something(views):
    sections = {section["name"]: section["display"] for section in views["Runs"]["compareRunSections"]}
    assert sections == {"Model metrics": True, "train": True, "probe": False}


def test_what_was_measured_of_nothing_has_no_columns(root):
    store = open_store(root)
    number = store.experiment(DATASET)
    save_views(store, number, [])
    view = json.loads(json.loads(store.client.get_experiment(number).tags["mlflow.sharedViewState.runs"])["state"])
    assert (view["selectedColumns"], view["orderByKey"]) == ([], "attributes.start_time")
