"""diffrep score: every form of codes file, what is written, and what is kept when a metric refuses the rows."""

import json
import math
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from codes_files import GOOD, N, two_parts
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics.catalogue import METRICS
from diffrep.metrics.codes import evaluation_rows
from diffrep.metrics.disentanglement.factor_vae import factor_vae
from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.measured import Measured
from diffrep.pipelines.cli import cli, run
from diffrep.pipelines.score.run import about, chosen

CHEAP = "mig,factor_vae"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to be in: no params.yaml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scored(folder):
    """What score writes of arrays: {number: value}, and the record."""

    def scored(*words, **arrays):
        np.savez(folder / "mine.npz", **arrays)
        told = CliRunner().invoke(cli, ["score", "mine.npz", "--json", "out.json", *words], catch_exceptions=False)
        assert told.exit_code == 0
        return json.loads((folder / "out.json").read_text()), json.loads((folder / "out.record.json").read_text())

    return scored


def test_two_parts_are_scored_as_given(scored):
    values, record = scored("--metrics", CHEAP, "--preset", "quick", **two_parts())
    assert values == {
        **factor_vae(CODES["noisy"], FACTORS, seed=0, train_votes=2000, test_votes=1000),
        **mig(CODES["noisy"][:N_TRAIN], FACTORS[:N_TRAIN]),
    }
    assert (record["n_train"], record["n_test"], record["n_pool"], record["notes"]) == (3000, 1500, 4500, [])


def test_a_small_pool_is_split_two_to_one(scored):
    values, record = scored("--metrics", "mig", "--seed", "3", codes=CODES["noisy"][:N], factors=FACTORS[:N])
    train = evaluation_rows(N, 200, 200, 3).train
    assert values == mig(CODES["noisy"][train], FACTORS[train])
    assert record["notes"] == ["the pool of 300 rows has fewer than 15,000 and was split 2:1: compare at equal n only"]


def test_more_rows_than_the_preset_are_drawn_from(scored):
    arrays = two_parts(cut=1000)
    _, record = scored("--metrics", "mig", "--preset", "quick", **arrays)
    assert (record["n_train"], record["n_test"], record["n_pool"]) == (1000, 1500, 4500)
    assert record["notes"] == ["1,000 of 1,000 rows to fit on and 1,500 of 3,500 to test on, drawn by the seed"]


def test_compat_takes_every_row_given(scored):
    values, record = scored(
        "--metrics", "mig", "--preset", "quick", "--compat", "disentanglement_lib", **two_parts(cut=4000)
    )
    assert (record["n_train"], record["n_test"], record["compat"]) == (4000, 500, "disentanglement_lib")
    compat = {} if "mig" in record["without_compat"] else {"compat": True}
    assert values == mig(CODES["noisy"][:4000], FACTORS[:4000], **compat)


def test_compat_draws_from_a_pool_with_replacement(scored):
    words = ("--metrics", "mig", "--preset", "quick", "--compat", "disentanglement_lib")
    values, record = scored(*words, codes=CODES["noisy"], factors=FACTORS)
    rows = np.random.RandomState(0).randint(4500, size=3000)
    compat = {} if "mig" in record["without_compat"] else {"compat": True}
    assert values == mig(CODES["noisy"][rows], FACTORS[rows], **compat)


def test_what_was_never_published_takes_no_row_twice(scored):
    """A row is its own nearest neighbour: drawn with replacement, InfoM of this code falls by a third."""
    words, pool = ("--metrics", "info_mec,mig", "--preset", "quick"), {"codes": CODES["noisy"], "factors": FACTORS}
    ours, _ = scored(*words, **pool)
    both, record = scored(*words, "--compat", "disentanglement_lib", **pool)
    assert {name for name in ours if both[name] != ours[name]} == {"mig", "mig_quantile"}
    assert record["without_compat"] == ["info_mec"]
    assert "no published form, rows drawn without replacement: info_mec; 3,000 rows to fit on" in record["notes"][1]


def test_tokens_become_one_number_each(scored):
    tokens = CODES["noisy"][:, :, None] * np.array([1.0, -2.0, 0.5])
    whole, record = scored("--metrics", "mig", "--preset", "quick", **two_parts(codes=tokens))
    assert whole == pytest.approx(mig(CODES["noisy"][:N_TRAIN], FACTORS[:N_TRAIN]), abs=1e-3)
    assert record["tokens_explained_mean"] == pytest.approx(1.0)
    assert record["tokens_explained_min"] == pytest.approx(1.0)
    assert "6 tokens of 3 dimensions" in record["notes"][0]


def test_attributes_are_probed(scored):
    attributes = FACTORS[:N, :4] > 4
    values, record = scored("--preset", "quick", codes=CODES["identity"][:N], attributes=attributes)
    assert set(values) >= {"average_precision", "auroc", "f1"}
    assert values["average_precision"] > 0.95
    assert record["attributes"] == 4


@pytest.mark.parametrize("dtype", [bool, np.float32, np.uint8])
def test_other_types_of_numbers_are_taken(scored, dtype):
    known = (FACTORS[:N] > 3).astype(dtype)
    values, _ = scored("--metrics", "mig", codes=CODES["noisy"][:N].astype(np.float16), factors=known)
    assert values["mig"] > 0.1


def test_other_arrays_are_ignored(scored):
    extra = {"names": np.array(["a", None], dtype=object), "codes": np.zeros(3)}
    assert scored("--metrics", "mig", **two_parts(), **extra)[0] == scored("--metrics", "mig", **two_parts())[0]


def test_nan_is_null_with_its_reason_beside_it(scored):
    values, record = scored("--metrics", "mig", codes=CODES["noise"][:N], factors=np.ones((N, 2)))
    assert values == {"mig": None, "mig_quantile": None}
    assert record["reasons"] == dict.fromkeys(values, "every factor is constant in this sample")
    assert record["skipped_factors"] == [0, 1]


def test_a_single_result_is_written_alone(scored):
    assert list(scored("--metrics", "mig_quantile", codes=CODES["noisy"][:N], factors=FACTORS[:N])[0]) == [
        "mig_quantile"
    ]


def test_the_same_seed_writes_the_same_bytes(scored, folder):
    arrays = {"codes": CODES["noisy"][:N], "factors": FACTORS[:N]}
    names = ("out.json", "out.record.json", "out.arrays.npz")
    written = []
    for seed in ("1", "1", "2"):
        scored("--metrics", "mig,dci_permutation", "--preset", "quick", "--seed", seed, **arrays)
        written.append([(folder / name).read_bytes() for name in names])
    assert written[0] == written[1]
    assert written[0][0] != written[2][0]


def test_arrays_stand_under_their_metric(scored, folder):
    scored("--metrics", CHEAP, codes=CODES["noisy"][:N], factors=FACTORS[:N])
    with np.load(folder / "out.arrays.npz") as arrays:
        assert arrays["factor_vae.votes"].shape == arrays["mig.mutual_information"].shape == (6, 6)


def test_the_record_says_what_made_the_numbers(scored):
    dead = np.hstack([CODES["noisy"][:N], np.ones((N, 2))])
    _, record = scored("--metrics", "factor_vae", "--preset", "quick", codes=dead, factors=FACTORS[:N])
    assert (record["active_dims"], record["total_dims"]) == (6, 8)
    assert record["parameters"]["factor_vae"].items() >= {"seed": 0, "train_votes": 2000, "batch_size": 64}.items()
    assert record.keys() >= {"numpy", "scipy", "scikit-learn", "torch", "torchmetrics", "codes_sha256", "suite_commit"}


def test_the_table_shows_what_a_number_means(folder):
    np.savez(folder / "mine.npz", **two_parts())
    words = ["score", "mine.npz", "--preset", "quick", "--metrics", "factor_vae,mig"]
    output = CliRunner().invoke(cli, words, catch_exceptions=False).output
    assert "6 of 6 dimensions active" in output
    (line,) = [line for line in output.splitlines() if "factor_vae " in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "factor_vae", "1.0000", "↑", "0 to 1", "0.167", "4,500 to draw from",
    ]  # fmt: skip


def test_a_narrow_terminal_cuts_no_name(folder):
    np.savez(folder / "[mine].npz", **GOOD)
    words = ["score", "[mine].npz", "--preset", "quick", "--metrics", "dci_disentanglement_permutation"]
    output = CliRunner(env={"COLUMNS": "70", "FORCE_COLOR": "1"}).invoke(cli, words, catch_exceptions=False).output
    assert "dci_disentanglement_permutation " in output
    assert "[mine].npz: 6 of 6" in output


def test_codes_that_say_nothing_are_scored(scored):
    values, record = scored("--metrics", CHEAP, "--preset", "quick", codes=np.ones((N, 3)), factors=FACTORS[:N])
    assert (values["factor_vae"], values["mig"], record["active_dims"]) == (0, 0, 0)


def test_one_dimension_and_one_factor_are_scored(scored):
    one = {"codes": CODES["identity"][:N, :1], "factors": FACTORS[:N, :1]}
    values, record = scored("--metrics", "mig,dci_permutation", "--preset", "quick", **one)
    assert values["mig"] > 0.9
    assert {name for name, value in values.items() if value is None} == set(record["reasons"])


def test_an_extended_metric_tells_its_cost_first(folder):
    np.savez(folder / "mine.npz", codes=CODES["noisy"][:N], factors=FACTORS[:N])
    words = ["score", "mine.npz", "--metrics", "mig,dci_permutation"]
    lines = CliRunner().invoke(cli, words, catch_exceptions=False).output.splitlines()
    assert lines[1] == "expected on one thread: dci_permutation under 2 s"


def test_tables_and_names_are_added_up():
    every = [name for name, metric in METRICS.items() if "factors" in metric.of]
    default = list(chosen("default", "factors", "standard"))
    assert {"factor_vae", "mig", "dci"} <= set(default)
    assert "dci_permutation" not in default
    assert sorted([*default, *chosen("extended", "factors", "standard")]) == sorted(every)
    assert (
        list(chosen("all", "factors", "standard")) == list(chosen("default,extended", "factors", "standard")) == every
    )
    assert list(chosen("default", "factors", "quick"))[:3] == ["factor_vae", "mig", "dci_permutation"]
    assert chosen("dci_completeness, mig", "factors", "quick") == {
        "mig": ["mig", "mig_quantile"],
        "dci": ["dci_completeness"],
    }


@pytest.mark.parametrize(("seconds", "words"), [(0.1, "under 2 s"), (45, "45 s"), (11520, "3 hours")])
def test_costs_in_words(seconds, words):
    assert about(seconds) == words


def refusing_mig(metric, rows, parameters):
    if metric.name == "mig":
        raise ValueError("too few of everything")
    return Measured({"factor_vae": 1.0, "factor_vae_active_dims": 6})


def test_a_metric_that_refuses_the_rows_is_named_and_keeps_the_others(folder, monkeypatch, capfd):
    np.savez(folder / "mine.npz", **GOOD)
    monkeypatch.setattr("diffrep.pipelines.score.run.measure", refusing_mig)
    monkeypatch.setattr(sys, "argv", ["diffrep", "score", "mine.npz", "--metrics", CHEAP, "--json", "out.json"])
    with pytest.raises(SystemExit, match="diffrep: error: mig: too few of everything"):
        run(cli.main)
    assert "factor_vae_active_dims" in capfd.readouterr().out
    assert json.loads((folder / "out.json").read_text()) == {"factor_vae": 1.0, "factor_vae_active_dims": 6}


def test_a_file_that_every_metric_refuses_writes_nothing(folder, monkeypatch):
    np.savez(folder / "mine.npz", codes=GOOD["codes"], attributes=np.zeros((N, 1), int))
    monkeypatch.setattr(sys, "argv", ["diffrep", "score", "mine.npz", "--metrics", "probe", "--json", "out.json"])
    with pytest.raises(SystemExit, match="diffrep: error: probe: no attribute has both values in the validation rows"):
        run(cli.main)
    assert [path.name for path in folder.iterdir()] == ["mine.npz"]


def test_an_infinite_value_is_null_and_says_so(scored, monkeypatch):
    infinite = Measured({"mig": math.inf, "mig_quantile": 0.5})
    monkeypatch.setattr("diffrep.pipelines.score.run.measure", lambda *_: infinite)
    values, record = scored("--metrics", "mig", **GOOD)
    assert (values, record["reasons"]) == ({"mig": None, "mig_quantile": 0.5}, {"mig": "inf"})


def test_help_names_every_metric():
    words = CliRunner().invoke(cli, ["score", "--help"], terminal_width=110).output
    assert [name for name in METRICS if name not in words] == []
