"""Numbers from two machines: read for the results that they are of, for others not."""

import csv
from pathlib import Path

import pytest

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Cell, result_file
from diffrep.reports.reading.machines import MACHINES, Pair, instruction_sets, pairs_of, read_pairs
from diffrep.reports.rows.noise import rms

ROOT = Path(__file__).parents[3]
STAGES = ("train", "encode", "probe", "disentangle", "reconstruct", "counterfactual")


@pytest.fixture
def folder(tmp_path):
    with (tmp_path / "squares.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["method", "seed", "metric", "AVX512", "AVX2"])
        writer.writerow(["alpha", 0, "average_precision", 0.5, 0.75])
        writer.writerow(["alpha", 1, "average_precision", 0.61, 0.6])
        writer.writerow(["beta", 2, "average_precision", 0.25, 0.25])
    return tmp_path


def test_lines_count_where_their_first_number_is_that_of_the_results(results_tree, folder):
    """Seed 1 of alpha has 0.6 here: its line is of another run."""
    first, last = Pair("alpha", 0, "average_precision", 0.5, 0.75), Pair("beta", 2, "average_precision", 0.25, 0.25)
    assert pairs_of(results_tree.results, "squares", folder) == [first, last]
    assert (first.sd, last.sd) == (pytest.approx(0.25 / 2**0.5), 0)
    assert Pair("pca", 0, "mig", 0.3, 0.1 + 0.2).sd == 0


def test_a_data_set_of_which_nothing_is_known_has_no_pairs(results_tree, folder):
    assert pairs_of(results_tree.results, "circles", folder) == instruction_sets("circles", folder) == []


def test_the_machines_are_named_by_what_they_compute_with(folder):
    assert instruction_sets("squares", folder) == ["AVX512", "AVX2"]


@pytest.mark.parametrize("path", sorted(MACHINES.glob("*.csv")), ids=lambda path: path.stem)
def test_committed_pairs_are_of_the_committed_results(path):
    found = read_pairs(path)
    assert found
    for pair in found:
        results = (ROOT / Cell(path.stem, pair.method, pair.seed).results(stage) for stage in STAGES)
        files = [file for file in map(result_file, results) if file.exists()]
        assert pair.first in [read_json(file).get(pair.metric) for file in files]


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("average_precision", ".00005 for AP"),
        ("dci_disentanglement", ".0005 for DCI D"),
        ("mse_random_start", ".000002 for the error"),
        ("exact_gain", ".0001 for the exact gain"),
        ("factor_vae", ".001 for FactorVAE"),
        ("dci_disentanglement_permutation", ".023, for DCI D by shuffling"),
    ],
)
def test_docs_have_the_spread_between_machines(metric, told):
    own = [pair.sd for pair in read_pairs(MACHINES / "shapes3d_rendered.csv") if pair.metric == metric]
    number = told.partition(" ")[0].rstrip(",")
    assert f"{rms(own):.{len(number) - 1}f}" == f"0{number}"
    assert told in " ".join((ROOT / "docs" / "uncertainty.md").read_text().split())
