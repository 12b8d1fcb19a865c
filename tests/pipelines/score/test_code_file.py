"""The forms of codes file that can be scored, and the one line for each that cannot."""

import re
from functools import partial

import numpy as np
import pytest
from codes_files import GOOD, N, saved, two_parts
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score import code_file
from diffrep.pipelines.score.code_file import read_code_file

NAN = np.where(np.arange(N)[:, None] == 7, np.nan, CODES["noisy"][:N])
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
    "deep factors": (GOOD | {"factors": FACTORS[:N, :, None]}, "factors has shape (300, 6, 1); give [n, factors], a"),
    "real factors": (GOOD | {"factors": CODES["noisy"][:N]}, "one of 300 values in 300 rows; factors are classes"),
    "nan in factors": (GOOD | {"factors": FACTORS[:N] + 0 * NAN}, "factors holds nan at [7, 0]; factors are classes"),
    "complex factors": (GOOD | {"factors": FACTORS[:N] * 1j}, "factors is of type complex128; give real numbers"),
    "codes beyond single precision": (GOOD | {"codes": GOOD["codes"] * 1e200}, "more than 1e+15: scale the codes down"),
    "codes whose squares are": (GOOD | {"codes": GOOD["codes"] * 1e30}, "more than 1e+15: scale the codes down"),
    "codes in words": (GOOD | {"codes": GOOD["codes"].astype(str)}, "codes is of type <U32; give real numbers"),
    "complex": (GOOD | {"codes": GOOD["codes"] * 1j}, "codes is of type complex128; give real numbers"),
    "objects": (GOOD | {"factors": FACTORS[:N].astype(object)}, "factors holds Python objects, which are never loaded"),
    "three-valued": ({"codes": GOOD["codes"], "attributes": FACTORS[:N]}, "attributes are 0 and 1, or -1 and 1"),
    "other dimensions": (
        two_parts() | {"codes_test": CODES["noise"][N_TRAIN:]},
        "a row has codes (6,) and factors (6,) in training, (8,) and (6,) in test; give both parts of the same data",
    ),
}  # fmt: skip


def refused(path):
    """The line that says why a file cannot be scored."""
    with pytest.raises(UserError, match=re.escape(path.name)) as caught:
        read_code_file(path)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(("arrays", "line"), ARRAYS.values(), ids=ARRAYS)
def test_arrays_that_cannot_be_scored_are_one_line(tmp_path, arrays, line):
    assert line in refused(saved(tmp_path, **arrays))


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
def test_a_file_that_is_not_whole_is_one_line(tmp_path, change, line):
    path = saved(tmp_path, **GOOD)
    path.write_bytes(change(path.read_bytes()))
    assert line in refused(path)


@pytest.mark.parametrize("name", ["missing.npz", "."])
def test_no_file_is_one_line(tmp_path, name):
    assert f"{tmp_path / name} is missing: write it with np.savez(" in refused(tmp_path / name)


@pytest.mark.parametrize("dtype", [bool, np.float32, np.uint8])
def test_other_types_of_numbers_are_taken(tmp_path, dtype):
    known = (FACTORS[:N] > 3).astype(dtype)
    read = read_code_file(saved(tmp_path, codes=CODES["noisy"][:N].astype(np.float16), factors=known))
    assert read.parts["pool"].targets.dtype == np.int64
    assert (read.parts["pool"].targets == known).all()


def test_two_parts_come_before_one(tmp_path):
    extra = {"names": np.array(["a", None], dtype=object), "codes": np.zeros(3)}
    read = read_code_file(saved(tmp_path, **two_parts(), **extra))
    assert list(read.parts) == ["train", "test"]
    assert (read.parts["train"].codes == CODES["noisy"][:N_TRAIN]).all()


@pytest.mark.parametrize("kind", ["factors", "attributes"])
def test_what_is_known_of_the_rows_is_told_by_name(tmp_path, kind):
    assert read_code_file(saved(tmp_path, codes=CODES["noisy"][:N], **{kind: FACTORS[:N] > 4})).kind == kind


def test_a_file_that_changes_while_it_is_read_is_one_line(tmp_path, monkeypatch):
    path = saved(tmp_path, **GOOD)
    reader = code_file.arrays_of

    def changing(path):
        found = {name: read() for name, read in reader(path).items()}
        saved(tmp_path, **GOOD, more=np.zeros(3))
        return {name: partial(np.asarray, array) for name, array in found.items()}

    monkeypatch.setattr(code_file, "arrays_of", changing)
    assert "mine.npz changed while it was read" in refused(path)


def test_the_bytes_that_were_read_are_known_again(tmp_path):
    path = saved(tmp_path, **GOOD)
    assert read_code_file(path).sha256 == sha256_of(path)
