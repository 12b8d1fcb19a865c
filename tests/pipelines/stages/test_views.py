"""Views, parts and diagnoses through the stages that write them, on the smallest networks."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from diffrep.pipelines.stages.base import base
from diffrep.pipelines.stages.code import adapters
from diffrep.pipelines.stages.disentangle import disentangle
from diffrep.pipelines.stages.encode import encode
from diffrep.pipelines.stages.prepare import prepare
from diffrep.pipelines.stages.probe import probe
from diffrep.pipelines.stages.train import train

ROOT = Path(__file__).parents[3]
ROOMS = "shapes3d_rendered"
TINY = {"code_dim": 4, "encoder_channels": [32]}
NETWORK = {"channels": [8, 8], "norm_groups": 4}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Results of diti, diffsiam, drl_joint, encdiff and random, trained for two steps and scored."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("views")
    params = settings()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "params.yaml").write_text(yaml.safe_dump(params))
        adapters(params)
        prepare(params, ROOMS)
        base(params, ROOMS)
        for method in params["grid"]["method"]:
            train(params, ROOMS, method, 0)
            for stage in (encode, probe, disentangle):
                stage(params, ROOMS, method)
    return folder / "results" / ROOMS


def settings():
    """The smoke profile's params with the default's sections of these methods, everything narrow."""
    params = yaml.safe_load((ROOT / "pipelines" / "profiles" / "smoke.yaml").read_text())
    own = yaml.safe_load((ROOT / "params.yaml").read_text())["methods"]
    params["grid"] = {"dataset": [ROOMS], "method": ["diti", "diffsiam", "drl_joint", "encdiff", "random"], "seed": [0]}
    params["methods"] = {name: own[name] | TINY for name in params["grid"]["method"]}
    for section in (*params["methods"].values(), params["base"]):
        if "network" in section:
            section["network"] |= NETWORK
    for name in ("diti", "diffsiam"):
        params["methods"][name]["blocks"] = 2
    params["budgets"][ROOMS] = {"base": 2, "oracle": 2, "method": 2, "autoencoder": 2}
    params["datasets"][ROOMS] |= {"size": 16, "train": 64, "valid": 40, "test": 40}
    for training in (params["base"]["training"], params["train"]):
        training |= {"batch_size": 8, "warmup": 1, "checkpoint_every": 1, "log_every": 1, "valid_images": 8}
    params["evaluate"]["probe"] = {"steps": 10, "seeds": 1}
    params["evaluate"]["disentangle"] |= {"train": 20, "test": 10, "votes_train": 20, "votes_test": 20, "rounds": 1}
    return params


def read(project, *path):
    return json.loads(project.joinpath(*path).read_text())


def lines(project, *path):
    with project.joinpath(*path).open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", ["diti", "diffsiam", "drl_joint", "encdiff"])
def test_every_denoiser_is_diagnosed(project, method):
    found = read(project, method, "encode", "0.json")
    errors = [found[f"denoise_error_{code}_t{t}"] for code in ("own", "shuffled", "mean") for t in (0, 499, 999)]
    assert all(0 <= error <= 1 for error in errors)
    assert found["code_use"] <= 1
    assert found["code_use_from"] == 500
    with np.load(project / method / "arrays" / "encode" / "0.npz") as arrays:
        assert arrays["own"].shape == (3, found["n_denoised"])


def test_a_control_is_not(project):
    found = read(project, "random", "encode", "0.json")
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
def test_every_view_is_scored_with_its_size(project, method, dims):
    assert read(project, method, "encode", "0.json")["notes"]["views"] == list(dims)
    for view, size in dims.items():
        probed = read(project, method, "probe", view, "0.json")
        assert (probed["code_dim"], probed["view"]) == (size, view)
        assert 0 < probed["average_precision"] <= 1
        assert 0 <= read(project, method, "disentangle", view, "0.json")["mig"] <= 1


def test_tokens_have_the_scores_of_a_code_and_times_the_quick_ones(project):
    tokens = read(project, "encdiff", "disentangle", "tokens_pca", "0.json")
    times = read(project, "drl_joint", "disentangle", "times_best", "0.json")
    assert tokens["dci_disentanglement_permutation"] is not None
    assert times["dci_disentanglement_permutation"] is None
    assert "own code and of its tokens only" in times["reasons"]["dci_disentanglement_permutation"]


def test_the_curve_over_times_is_written(project):
    found = read(project, "drl_joint", "encode", "0.json")
    curve = [found[f"times_ap_{i}"] for i in range(11)]
    assert found["times_best"] == np.argmax(curve) / 10


@pytest.mark.parametrize(("stage", "column"), [("probe", "object_red"), ("disentangle", "object_hue")])
def test_blocks_are_mapped_with_their_times(project, stage, column):
    for method in ("diti", "diffsiam"):
        blocks = lines(project, method, stage, "0.parts.csv")
        assert [(b["part"], b["first"], b["end"]) for b in blocks] == [
            ("block 0", "0", "500"),
            ("block 1", "500", "1000"),
        ]
        assert all(float(b[column]) <= 1 for b in blocks)


def test_tokens_are_mapped_without_times(project):
    tokens = lines(project, "encdiff", "disentangle", "0.parts.csv")
    assert [(t["part"], t["first"]) for t in tokens] == [(f"token {i}", "") for i in range(4)]


def test_a_code_without_parts_has_no_map(project):
    assert not list((project / "drl_joint").rglob("*.parts.csv"))


def test_the_note_of_a_method_is_in_its_training_result(project):
    assert read(project, "diffsiam", "train", "0.json")["note"] == "our reconstruction"
    assert "note" not in read(project, "diti", "train", "0.json")
