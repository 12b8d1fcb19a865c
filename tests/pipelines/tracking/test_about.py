"""A run's description."""

import sys

import pytest

from diffrep.pipelines.tracking.about import ANCHORS, description
from diffrep.pipelines.tracking.store import RunKey
from diffrep.reports.reading import study

PDAE = RunKey("squares", "mine", 0, "ab")
NUMBERS = {"average_precision": 0.48123, "mse_random_start": 0.012345}


def test_it_says_method_paper_numbers_and_where_to_read_on():
    about, numbers, whose = description(PDAE, "pdae", NUMBERS).split("\n\n")
    assert about.startswith("**PDAE: an encoder trained")
    assert "[arXiv:2212.12990](https://arxiv.org/abs/2212.12990)" in about
    assert "[ckczzj/PDAE](https://github.com/ckczzj/PDAE)" in about
    assert numbers == "AP ↑ 0.481 · MSE, random start ↓ 0.0123"
    assert whose == "`mine` on `squares`, seed 0; with the spread over seeds: reports/methods/mine.html"


@pytest.mark.parametrize("text", ["", '"""What it is.\n\nSomebody 2020, DOI 10.1/a.b. More."""\n'])
def test_an_adapter_from_outside_says_what_its_file_says(tmp_path, monkeypatch, text):
    (tmp_path / "outside_adapter.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "outside_adapter", raising=False)
    from diffrep.pipelines.core.source_code import source_file

    source_file.cache_clear()
    told = description(PDAE, "outside_adapter:Mine", {})
    about = "**What it is.** Somebody 2020, [DOI 10.1/a.b](https://doi.org/10.1/a.b).\n\n" if text else ""
    assert told == f"{about}`mine` on `squares`, seed 0; with the spread over seeds: reports/methods/mine.html"
    source_file.cache_clear()


@pytest.mark.parametrize("row", study.ANCHORS)
def test_every_anchor_says_what_it_is(row):
    assert description(RunKey("squares", row, None, "ab", "anchor"), row, {}).startswith(f"Anchor: {ANCHORS[row]}.")
