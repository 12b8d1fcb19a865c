"""Files of arrays by name: what is read of each form, and that nothing in them is run."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.score.formats import arrays_of

CODES = np.random.default_rng(0).normal(size=(90, 3)).astype(np.float32)
FACTORS = np.random.default_rng(1).integers(0, 3, size=(90, 2))


class Hostile:
    """Makes a folder where it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def write(path):
    """The codes and factors in the form of the path's name."""
    if path.suffix == ".npz":
        np.savez(path, codes=CODES, factors=FACTORS)
    elif path.suffix == ".pt":
        torch.save({"codes": torch.from_numpy(CODES), "factors": torch.from_numpy(FACTORS)}, path)
    else:
        columns = {f"codes.{i}": CODES[:, i] for i in range(3)} | {f"factors.{i}": FACTORS[:, i] for i in range(2)}
        pd.DataFrame(columns | {"path": "x.png"}).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ["mine.npz", "mine.pt", "mine.csv"])
def test_every_form_holds_the_same(tmp_path, name):
    (found,) = read_code_file(write(tmp_path / name)).parts.values()
    np.testing.assert_allclose(found.codes, CODES, rtol=1e-6)
    np.testing.assert_array_equal(found.targets, FACTORS)


@pytest.mark.parametrize(("name", "share"), [("mine.npz", 0.5), ("mine.pt", 0.5), ("mine.pt", 0), ("mine.csv", 0)])
def test_what_is_cut_off_is_told(tmp_path, name, share):
    path = write(tmp_path / name)
    os.truncate(path, int(share * path.stat().st_size))
    with pytest.raises(UserError, match=name):
        read_code_file(path)


@pytest.mark.parametrize("suffix", ["npz", "pt", "pth", "npy", "csv"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_a_pickle_is_never_run(tmp_path, suffix, protocol):
    path, made = tmp_path / f"mine.{suffix}", tmp_path / "made"
    path.write_bytes(pickle.dumps({"codes": Hostile(made)}, protocol))
    with pytest.raises(UserError, match="mine"):
        read_code_file(path)
    assert not made.exists()


def test_pickled_objects_among_arrays_are_never_run(tmp_path):
    hostile = np.array([Hostile(tmp_path / "made")] * 90, dtype=object)
    np.savez(tmp_path / "mine.npz", codes=hostile, factors=FACTORS)
    with pytest.raises(UserError, match="codes holds Python objects, which are never loaded"):
        arrays_of(tmp_path / "mine.npz")["codes"]()
    torch.save({"codes": Hostile(tmp_path / "made")}, tmp_path / "mine.pt")
    with pytest.raises(UserError, match=r"mine\.pt is damaged or holds more than tensors"):
        arrays_of(tmp_path / "mine.pt")
    assert not (tmp_path / "made").exists()


def test_what_holds_no_names_says_what_would_do(tmp_path):
    np.save(tmp_path / "mine.npy", CODES)
    with pytest.raises(UserError, match=r"holds one array and codes need their factors beside them: .*np\.savez"):
        arrays_of(tmp_path / "mine.npy")
    torch.save([torch.zeros(3)], tmp_path / "mine.pt")
    with pytest.raises(UserError, match=r"holds no dict of tensors: torch\.save"):
        arrays_of(tmp_path / "mine.pt")
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match=r"has columns a, b: name them codes\.0"):
        arrays_of(tmp_path / "mine.csv")
