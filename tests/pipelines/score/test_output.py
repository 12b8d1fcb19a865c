"""What is shown of scores and written of them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from codes_files import GOOD, N, saved, two_parts
from known_codes import CODES, FACTORS

from diffrep.datasets.files.sums import sha256_of
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.output import places
from diffrep.pipelines.score.run import measure, score

CHEAP = "mig,factor_vae"


@pytest.fixture
def written(tmp_path):
    """What score writes of arrays: {number: value}, and the record."""

    def written(asked="mig", preset="quick", seed=0, **arrays):
        score(saved(tmp_path, **arrays), asked=asked, preset=preset, compat=False, seed=seed, out=tmp_path / "out.json")
        return json.loads((tmp_path / "out.json").read_text()), json.loads((tmp_path / "out.record.json").read_text())

    return written


def shown(path, capsys, asked, preset="quick"):
    score(path, asked=asked, preset=preset, compat=False, seed=0, out=None)
    return capsys.readouterr().out


def test_the_table_shows_what_a_number_means(tmp_path, capsys):
    output = shown(saved(tmp_path, **two_parts()), capsys, "factor_vae,mig")
    assert "6 of 6 dimensions active" in output
    (line,) = [line for line in output.splitlines() if "factor_vae " in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "factor_vae", "1.000", "↑", "0 to 1", "0.167", "4,500 to draw from",
    ]  # fmt: skip


def test_a_narrow_terminal_cuts_no_name(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("FORCE_COLOR", "1")
    path = tmp_path / "[mine].npz"
    np.savez(path, **GOOD)
    output = shown(path, capsys, "mig_quantile")
    assert "mig_quantile " in output
    assert "[mine].npz: 6 of 6" in output


def test_nan_is_null_with_its_reason_beside_it(written):
    values, record = written(codes=CODES["noise"][:N], factors=np.ones((N, 2)))
    assert values == {"mig": None, "mig_quantile": None}
    assert record["reasons"] == dict.fromkeys(values, "every factor is constant in this sample")
    assert record["skipped_factors"] == [0, 1]


def test_an_infinite_value_is_null_and_says_so(written, monkeypatch):
    infinite = Measured({"mig": math.inf, "mig_quantile": 0.5})
    monkeypatch.setattr("diffrep.pipelines.score.run.measure", lambda *_: infinite)
    values, record = written(**GOOD)
    assert (values, record["reasons"]) == ({"mig": None, "mig_quantile": 0.5}, {"mig": "inf"})


def test_a_single_result_is_written_alone(written):
    assert list(written("mig_quantile", **GOOD)[0]) == ["mig_quantile"]


def test_the_same_seed_writes_the_same_bytes(written, tmp_path):
    names = ("out.json", "out.record.json", "out.arrays.npz")
    found = []
    for seed in (1, 1, 2):
        written("mig,sap", seed=seed, **GOOD)
        found.append([(tmp_path / name).read_bytes() for name in names])
    assert found[0] == found[1]
    assert found[0][0] != found[2][0]


def test_arrays_stand_under_their_metric(written, tmp_path):
    written(CHEAP, **GOOD)
    with np.load(tmp_path / "out.arrays.npz") as arrays:
        assert arrays["factor_vae.votes"].shape == arrays["mig.mutual_information"].shape == (6, 6)


def test_the_record_says_what_made_the_numbers(written):
    dead = np.hstack([CODES["noisy"][:N], np.ones((N, 2))])
    _, record = written("factor_vae", codes=dead, factors=FACTORS[:N])
    assert (record["active_dims"], record["total_dims"]) == (6, 8)
    assert (record["n_train"], record["n_test"], record["n_pool"]) == (200, 100, 300)
    assert record["parameters"]["factor_vae"].items() >= {"seed": 0, "train_votes": 2000, "batch_size": 64}.items()
    assert record.keys() >= {"numpy", "scipy", "scikit-learn", "torch", "torchmetrics", "codes_sha256", "suite_commit"}


def test_the_record_says_how_much_of_tokens_is_left(written):
    tokens = CODES["noisy"][:N, :, None] * np.array([1.0, -2.0, 0.5])
    _, record = written(codes=tokens, factors=FACTORS[:N])
    assert record["tokens_explained_mean"] == pytest.approx(1.0)
    assert record["tokens_explained_min"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("out", "beside"),
    [
        ("scores.json", "scores"),
        ("scores", "scores"),
        ("run.0.1", "run.0.1"),
        ("run.0.1.json", "run.0.1"),
        ("a/run.0.2", "a/run.0.2"),
        (".json", ".json"),
    ],
)
def test_what_stands_beside_the_scores_bears_their_name(out, beside):
    assert places(Path(out)) == (Path(out), Path(f"{beside}.arrays.npz"), Path(f"{beside}.record.json"))


def test_no_place_is_found_taken_after_the_measuring(tmp_path, monkeypatch):
    monkeypatch.setattr("diffrep.pipelines.score.run.measure_all", lambda *_: pytest.fail("measured"))
    path = saved(tmp_path, **GOOD)
    (tmp_path / "out.record.json").mkdir()
    for name, told in (("out.json", "out.record.json is a folder"), ("x" * 243, "File name too long")):
        with pytest.raises(UserError, match=f"cannot be written: .*{told}"):
            score(path, asked="mig", preset="quick", compat=False, seed=0, out=tmp_path / name)


def test_scores_that_cannot_be_written_are_shown(tmp_path, monkeypatch, capsys):
    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("diffrep.pipelines.score.output.write_json", full)
    with pytest.raises(OSError, match="No space left"):
        score(saved(tmp_path, **GOOD), asked="mig", preset="quick", compat=False, seed=0, out=tmp_path / "out.json")
    assert "mig_quantile" in capsys.readouterr().out


def test_what_stops_the_record_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("diffrep.pipelines.score.output.version", dict[str, str]().__getitem__)
    with pytest.raises(KeyError):
        score(saved(tmp_path, **GOOD), asked="mig", preset="quick", compat=False, seed=0, out=tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"another")])
def test_the_record_vouches_for_the_bytes_that_were_measured(tmp_path, monkeypatch, change):
    path = saved(tmp_path, **GOOD)
    sha256, out = sha256_of(path), tmp_path / "out.json"

    def measure_then_change(*given):
        found = measure(*given)
        change(path)
        return found

    monkeypatch.setattr("diffrep.pipelines.score.run.measure", measure_then_change)
    score(path, asked="mig", preset="quick", compat=False, seed=0, out=out)
    assert json.loads((tmp_path / "out.record.json").read_text())["codes_sha256"] == sha256


def test_scores_never_take_the_place_of_the_codes(tmp_path):
    path = saved(tmp_path, **GOOD)
    with pytest.raises(UserError, match=r"would write over the codes in .*: give another name"):
        score(path, asked="mig", preset="quick", compat=False, seed=0, out=path)
