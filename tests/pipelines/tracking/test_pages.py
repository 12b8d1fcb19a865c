"""What a person sees of the runs in MLflow's own pages, in a browser."""

import json
from urllib.parse import quote

import pytest
from browser import browser, needs_chromium
from tracked_tree import DATASET, fill, settings, study

from diffrep.pipelines.tracking.store import open_store
from diffrep.pipelines.tracking.sync import sync
from diffrep.pipelines.tracking.ui import link_of

pytestmark = [needs_chromium, pytest.mark.long]


@pytest.fixture(scope="module")
def page():
    with browser() as page:
        yield page


@pytest.fixture(scope="module")
def filled(address, tmp_path_factory):
    """The link that is printed, the number of the experiment and the runs' ids, of a tree that fills the server."""
    root = tmp_path_factory.mktemp("seen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", address)
        patch.setenv("MLFLOW_EXPERIMENT_NAME", "seen")
        fill(root)
        sync(root, study(), settings)
        store = open_store(root)
        number = store.experiment(DATASET)
        ids = {run.info.run_name: run.info.run_id for run in store.runs(number).values()}
        return address + link_of(store, DATASET)[1], f"{address}/#/experiments/{number}", ids


def text(page, url, *parts):
    """The words on a page, as soon as all of `parts` are among them, which then stand in this order."""
    there = " && ".join(f"document.body.innerText.includes({json.dumps(part)})" for part in parts)
    words = page.seen(url, f"{there} && document.body.innerText")
    places = [words.index(part) for part in parts]
    assert places == sorted(places), words
    return words


def test_the_link_opens_on_runs_with_their_metrics(page, filled):
    words = text(page, filled[0], "seen/quick/squares", "Runs of", "average_precision", "pdae/0", "0.5")
    assert "2 matching runs" in words  # of methods: anchors and the report have other views
    assert "pca/0" in words


def test_charts_begin_with_the_headline_then_one_of_all_curves_and_the_rest_is_folded(page, filled):
    url = f"{filled[0]}&compareRunsMode=CHART"
    curves = ("train\n(", "train/loss\n", "pca/0 (train/loss)", "pdae/0 (train/loss)")
    words = text(page, url, "Model metrics\n(1)", "Add chart\naverage_precision", *curves, "probe\n(1)", "cost\n(4)")
    assert "disentanglement" not in words  # of which nothing was measured
    assert "auroc" not in words
    assert "cpu_minutes" not in words


def test_the_comparison_opens_on_a_metric(page, filled):
    chosen = f"runs={quote(json.dumps([filled[2][name] for name in ('pdae/0', 'pca/0')]))}&experiments=%5B%22"
    url = f"{filled[1].replace('experiments/', f'compare-runs?{chosen}')}%22%5D"
    text(page, url, "Metrics:", "average_precision", "Run details")


def test_a_run_says_what_it_is_and_shows_the_headline_first(page, filled):
    url = f"{filled[1]}/runs/{filled[2]['pdae/0']}"
    words = text(page, url, "PDAE: an encoder trained", "arXiv:2212.12990", "AP ↑", "average_precision", "probe/auroc")
    assert "squares (0123456789ab)" in words
    assert "not applicable" not in words


def test_pictures_are_shown(page, filled):
    url = f"{filled[1]}/runs/{filled[2]['pdae/0']}/artifacts/pictures/reconstruct-main.png"
    width = "Math.max(0, ...[...document.images].filter((i) => i.src.startsWith('blob:')).map((i) => i.naturalWidth))"
    assert page.seen(url, width) > 56
