"""diffrep score as a whole: its numbers are those of the metrics, and one that refuses the rows takes none along."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from codes_files import GOOD, N, saved, two_parts
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics import factor_vae, mig
from diffrep.metrics.codes import evaluation_rows
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.run import score

CHEAP = "mig,factor_vae"


@pytest.fixture
def scored(tmp_path):
    """What score writes of arrays: {number: value}, and the record."""

    def scored(asked, preset="quick", compat=False, seed=0, changed=(), **arrays):
        path, out = saved(tmp_path, **arrays), tmp_path / "out.json"
        score(path, asked=asked, preset=preset, compat=compat, seed=seed, out=out, changed=changed)
        return json.loads((tmp_path / "out.json").read_text()), json.loads((tmp_path / "out.record.json").read_text())

    return scored


def test_two_parts_are_scored_as_given(scored):
    values, _ = scored(CHEAP, **two_parts())
    assert values == {
        **factor_vae(CODES["noisy"], FACTORS, seed=0, train_votes=2000, test_votes=1000),
        **mig(CODES["noisy"][:N_TRAIN], FACTORS[:N_TRAIN]),
    }


def test_a_pool_is_split_by_the_seed(scored):
    values, _ = scored("mig", seed=3, **GOOD)
    train = evaluation_rows(N, 200, 200, 3).train
    assert values == mig(CODES["noisy"][train], FACTORS[train])


def test_compat_repeats_what_was_published(scored):
    values, record = scored("factor_vae", compat=True, codes=0.01 * CODES["noisy"], factors=FACTORS)
    assert values["factor_vae"] == 0.0  # no dimension deviates by 0.05
    assert (record["compat"], record["without_compat"]) == ("disentanglement_lib", [])


def test_codes_that_know_nothing_score_chance_in_compat(scored):
    """Of rows that came in both parts, trees would remember the factors."""
    noise = np.random.default_rng(0).normal(size=(600, 4))
    values, _ = scored("dci", compat=True, codes=noise, factors=FACTORS[:600, 3:5], changed=["dci.rounds=10"])
    chance = np.mean([np.bincount(column).max() / 600 for column in FACTORS[:600, 3:5].T])
    assert values["dci_informativeness"] == pytest.approx(chance, abs=0.06)


def test_few_rows_to_draw_batches_from_are_said(scored, capsys):
    scored("factor_vae", **GOOD)
    told = capsys.readouterr().out
    assert "factor_vae: training and test batches share 300 rows, so that noise scores above chance" in told


def test_attributes_are_probed(scored):
    few = ["probe.steps=1000"]  # where 0.98 is reached; the preset's 5,000 add 0.005
    values, record = scored("probe,logistic", codes=CODES["identity"][:N], attributes=FACTORS[:N, :4] > 4, changed=few)
    assert set(values) >= {"average_precision", "auroc", "f1", "logistic_accuracy", "logistic_calibration_error"}
    assert values["average_precision"] > 0.95
    assert values["logistic_average_precision"] > 0.95
    assert record["attributes"] == 4


def test_few_labels_are_asked_for(scored):
    values, record = scored("sample_efficiency", codes=CODES["identity"][:N], factors=FACTORS[:N, 3:5])
    assert values["accuracy_boosting_100"] > 0.95
    assert values["accuracy_boosting_10000"] is None
    assert record["reasons"]["accuracy_boosting_10000"] == "200 training rows, 10000 needed"


def test_codes_that_say_nothing_are_scored(scored):
    values, record = scored(CHEAP, codes=np.ones((N, 3)), factors=FACTORS[:N])
    assert (values["factor_vae"], values["mig"], record["active_dims"]) == (0, 0, 0)


@pytest.mark.parametrize("codes", [1e-300 * CODES["identity"][:N], CODES["identity"][:N] + 1e14], ids=["tiny", "far"])
def test_codes_that_are_all_alike_to_the_metrics_are_told(scored, capsys, codes):
    scored("mig", codes=codes, factors=FACTORS[:N])
    assert "no dimension of these codes varies enough to be told from a constant" in capsys.readouterr().out


@pytest.mark.parametrize("stream", ["/dev/full", "closed pipe"])
def test_scores_reach_their_file_though_nobody_reads(tmp_path, stream):
    path, out = saved(tmp_path, codes=CODES["identity"][:N], factors=FACTORS[:N]), tmp_path / "out.json"
    if stream == "closed pipe":
        read, write = os.pipe()
        os.close(read)
    else:
        write = os.open(stream, os.O_WRONLY)
    words = [Path(sys.executable).with_name("diffrep"), "score", path, "--metrics", "mig", "--json", out]
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert done.returncode != 0
    assert 0 < json.loads(out.read_text())["mig"] <= 1


def test_one_dimension_and_one_factor_are_scored(scored):
    values, record = scored("mig,med", codes=CODES["identity"][:N, :1], factors=FACTORS[:N, :1])
    assert values["mig"] > 0.9
    assert {name for name, value in values.items() if value is None} == set(record["reasons"]) != set()


def test_an_extended_metric_tells_its_cost_first(tmp_path, capsys):
    score(saved(tmp_path, **GOOD), asked="mig,sap", preset="standard", compat=False, seed=0, out=None)
    assert capsys.readouterr().out.splitlines()[1] == "expected on one thread: sap under 2 s"


def refusing_mig(error, metric):
    if metric.name == "mig":
        raise error
    return Measured({"factor_vae": 1.0, "factor_vae_active_dims": 6})


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("too few of everything"), "too few of everything"),
        (MemoryError(), "MemoryError"),
        (IndexError("index 5 is\nout of bounds"), "IndexError: index 5 is out of bounds"),
        (OverflowError("too large"), "OverflowError: too large"),
    ],
)
def test_a_metric_that_refuses_the_rows_is_named_and_keeps_the_others(
    scored, tmp_path, monkeypatch, capsys, error, line
):
    monkeypatch.setattr("diffrep.pipelines.score.run.measure", lambda metric, *_: refusing_mig(error, metric))
    with pytest.raises(UserError, match=f"^mig: {line}$"):
        scored(CHEAP, **GOOD)
    assert "factor_vae_active_dims" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text()) == {"factor_vae": 1.0, "factor_vae_active_dims": 6}
    assert json.loads((tmp_path / "out.record.json").read_text())["refused"] == {"mig": line}


def test_a_file_that_every_metric_refuses_writes_nothing(scored, tmp_path):
    with pytest.raises(UserError, match="probe: no attribute has both values in the validation rows"):
        scored("probe", codes=GOOD["codes"], attributes=np.zeros((N, 1), int))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]
