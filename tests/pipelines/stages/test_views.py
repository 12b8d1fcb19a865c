"""Views, parts and diagnoses through the stages that write them, on the smallest networks."""

import csv
import json

import numpy as np
import pytest
from tiny_cells import ROOMS, cell

from diffrep.pipelines.core.paths import RESULTS, part_map, result_file, view_file

pytestmark = pytest.mark.usefixtures("studied")


def read(method, stage, view=""):
    folder = cell(method).results(stage)
    return json.loads((view_file(folder, view) if view else result_file(folder)).read_text())


def lines(method, stage):
    with part_map(cell(method).results(stage)).open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", ["diti", "diffsiam", "drl_joint", "encdiff"])
def test_every_denoiser_is_diagnosed(method):
    found = read(method, "encode")
    errors = [found[f"denoise_error_{code}_t{t}"] for code in ("own", "shuffled", "mean") for t in (0, 499, 999)]
    assert all(0 <= error <= 1 for error in errors)
    assert found["code_use"] <= 1
    assert found["code_use_from"] == 500
    with np.load(cell(method).arrays("encode")) as arrays:
        assert arrays["own"].shape == (3, found["n_denoised"])


def test_a_control_is_not():
    found = read("random", "encode")
    assert found["code_use"] is None
    assert found["reasons"]["code_use"].startswith("not applicable")


@pytest.mark.parametrize(
    ("method", "dims"),
    [
        ("drl_joint", {"times": 44, "times_best": 4, "times_mean": 4}),
        ("encdiff", {"tokens_pca": 4}),
        ("diti", {}),
        ("random", {}),
    ],
)
def test_every_view_is_scored_with_its_size(method, dims):
    assert read(method, "encode")["notes"]["views"] == list(dims)
    for view, size in dims.items():
        probed = read(method, "probe", view)
        assert (probed["code_dim"], probed["view"]) == (size, view)
        assert 0 < probed["average_precision"] <= 1
        assert 0 <= read(method, "disentangle", view)["mig"] <= 1


def test_tokens_have_the_scores_of_a_code_and_times_the_quick_ones():
    tokens = read("encdiff", "disentangle", "tokens_pca")
    times = read("drl_joint", "disentangle", "times_best")
    assert tokens["dci_disentanglement_permutation"] is not None
    assert times["dci_disentanglement_permutation"] is None
    assert "own code and of its tokens only" in times["reasons"]["dci_disentanglement_permutation"]


def test_the_curve_over_times_is_written():
    found = read("drl_joint", "encode")
    curve = [found[f"times_ap_{i}"] for i in range(11)]
    assert found["times_best"] == np.argmax(curve) / 10


@pytest.mark.parametrize(("stage", "column"), [("probe", "object_red"), ("disentangle", "object_hue")])
def test_blocks_are_mapped_with_their_times(stage, column):
    for method in ("diti", "diffsiam"):
        blocks = lines(method, stage)
        assert [(b["part"], b["first"], b["end"]) for b in blocks] == [
            ("block 0", "0", "500"),
            ("block 1", "500", "1000"),
        ]
        assert all(float(b[column]) <= 1 for b in blocks)


def test_tokens_are_mapped_without_times():
    tokens = lines("encdiff", "disentangle")
    assert [(t["part"], t["first"]) for t in tokens] == [(f"token {i}", "") for i in range(4)]


def test_a_code_without_parts_has_no_map():
    assert not list((RESULTS / ROOMS / "drl_joint").rglob("parts.csv"))


def test_the_note_of_a_method_is_in_its_training_result():
    assert read("diffsiam", "train")["note"] == "our reconstruction"
    assert "note" not in read("diti", "train")
