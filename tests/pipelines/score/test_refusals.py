"""diffrep score: the one line for each file and each word that cannot be scored."""

import sys

import numpy as np
import pytest
from codes_files import GOOD, N, two_parts
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.pipelines.cli import cli, run

NAN = np.where(np.arange(N)[:, None] == 7, np.nan, CODES["noisy"][:N])
HALVES = np.where(np.arange(N)[:, None] == 7, 0.5, FACTORS[:N])
ARRAYS = {
    "no factors": ({"codes": GOOD["codes"]}, "mine.npz holds codes; needed are codes_train, factors_train"),
    "one part": ({"codes_train": NAN, "factors_train": FACTORS[:N]}, "needed are codes_train, factors_train"),
    "nothing": ({}, "mine.npz holds nothing; needed are"),
    "both": (GOOD | {"attributes": FACTORS[:N] > 4}, "holds factors and attributes: leave one of them out"),
    "nan": (GOOD | {"codes": NAN}, "codes holds nan or infinity, first at [7, 0]"),
    "infinity": (GOOD | {"codes": NAN * np.inf}, "codes holds nan or infinity"),
    "lengths": (GOOD | {"factors": FACTORS[: N - 1]}, "codes has 300 rows, factors 299; give the same rows of both"),
    "few": ({"codes": NAN[10:70], "factors": FACTORS[10:70]}, "codes has 60 rows; give 75 or more"),
    "one row": ({"codes": NAN[:1], "factors": FACTORS[:1]}, "codes has 1 rows; give 75 or more"),
    "few to test on": (two_parts(cut=4490), "codes_test has 10 rows; give 25 or more"),
    "few to fit on": (two_parts(cut=10), "codes_train has 10 rows; give 50 or more"),
    "flat": (GOOD | {"codes": GOOD["codes"][:, 0]}, "codes has shape (300,); give [n, dimensions], or [n, tokens,"),
    "no dimensions": (GOOD | {"codes": GOOD["codes"][:, :0]}, "codes has shape (300, 0); give"),
    "images": (GOOD | {"codes": np.zeros((N, 3, 4, 4))}, "codes has shape (300, 3, 4, 4); give"),
    "flat factors": (GOOD | {"factors": FACTORS[:N, 0]}, "factors has shape (300,); give [n, factors], a column"),
    "real factors": (GOOD | {"factors": HALVES}, "factors holds 0.5 at [7, 0]; factors are whole numbers"),
    "nan in factors": (GOOD | {"factors": NAN}, "; factors are whole numbers, one for each value (bin what is real)"),
    "words": (GOOD | {"factors": FACTORS[:N].astype(str)}, "factors is of type <U21; give real numbers"),
    "complex": (GOOD | {"codes": GOOD["codes"] * 1j}, "codes is of type complex128; give real numbers"),
    "objects": (GOOD | {"factors": FACTORS[:N].astype(object)}, "factors holds Python objects, which are never loaded"),
    "three-valued": ({"codes": GOOD["codes"], "attributes": FACTORS[:N]}, "; attributes are 0 or 1 (make -1 a 0)"),
    "other dimensions": (
        two_parts() | {"codes_test": CODES["noise"][N_TRAIN:]},
        "a row has codes (6,) and factors (6,) in training, (8,) and (6,) in test; give both parts of the same data",
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to be in: no params.yaml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capfd, monkeypatch, *words):
    """How `diffrep score words` ends, and that nothing was printed before."""
    monkeypatch.setattr(sys, "argv", ["diffrep", "score", *words])
    with pytest.raises(SystemExit) as caught:
        run(cli.main)
    assert capfd.readouterr().out == ""
    return str(caught.value)


@pytest.mark.parametrize(("arrays", "line"), ARRAYS.values(), ids=ARRAYS)
def test_arrays_that_cannot_be_scored_are_one_line(folder, capfd, monkeypatch, arrays, line):
    np.savez(folder / "mine.npz", **arrays)
    said = told(capfd, monkeypatch, "mine.npz")
    assert said.startswith("diffrep: error: mine.npz")
    assert line in said
    assert "\n" not in said


def damaged(whole: bytes) -> bytes:
    return whole[:200] + bytes(64) + whole[264:]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda whole: b"", "mine.npz is no whole .npz: write it with np.savez"),
        (lambda whole: b"codes\n1.0\n", "mine.npz is no whole .npz: write it with np.savez"),
        (lambda whole: whole[: len(whole) // 2], "mine.npz is no whole .npz: write it with np.savez"),
        (damaged, "mine.npz: codes is damaged"),
    ],
)
def test_a_file_that_is_not_whole_is_one_line(folder, capfd, monkeypatch, change, line):
    np.savez(folder / "mine.npz", **GOOD)
    (folder / "mine.npz").write_bytes(change((folder / "mine.npz").read_bytes()))
    assert line in told(capfd, monkeypatch, "mine.npz")


@pytest.mark.parametrize("name", ["missing.npz", "."])
def test_no_file_is_one_line(folder, capfd, monkeypatch, name):
    assert told(capfd, monkeypatch, name).startswith(f"diffrep: error: {name} is missing: write it with np.savez(")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--metrics", "migg,mig"), "no metric 'migg': did you mean 'mig'?"),
        (("--metrics", "factorvae"), "no metric 'factorvae': did you mean 'factor_vae'?"),
        (("--metrics", "dci_disentanglemnt"), "no metric 'dci_disentanglemnt': did you mean 'dci_disentanglement'?"),
        (("--metrics", "mig,"), "no metric '': there are "),
        (
            ("--metrics", "auroc"),
            "auroc is of attributes and this file holds factors: name the arrays for what they are",
        ),
        (("--json", "mine.npz"), "--json mine.npz would write over the codes in mine.npz: give another name"),
    ],
)
def test_a_wrong_word_is_one_line(folder, capfd, monkeypatch, words, line):
    np.savez(folder / "mine.npz", **GOOD)
    assert told(capfd, monkeypatch, "mine.npz", *words).startswith(f"diffrep: error: {line}")
