"""Files of arrays by name: what is read of each form, and that nothing in them is run."""

import os
import pickle
from contextlib import suppress

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


@pytest.mark.parametrize("name", ["mine.npz", "mine.pt"])
def test_a_flipped_bit_is_told_or_changes_nothing(tmp_path, name):
    path = write(tmp_path / name)
    whole = path.read_bytes()
    (good,) = read_code_file(path).parts.values()
    for place in range(0, len(whole), 29):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        with suppress(UserError):
            (found,) = read_code_file(path).parts.values()
            np.testing.assert_array_equal(found.codes, good.codes)
            np.testing.assert_array_equal(found.targets, good.targets)


@pytest.mark.parametrize("name", ["mine.npz", "mine.pt"])
def test_a_flipped_bit_in_the_codes_is_told(tmp_path, name):
    path = write(tmp_path / name)
    whole = path.read_bytes()
    place = whole.index(CODES.tobytes()) + 100
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(UserError, match=rf"{name}.* is damaged.*: write the file again"):
        read_code_file(path)


@pytest.mark.parametrize("mark", [b"\x93NUMPY", b"descr"])
def test_a_damaged_header_is_not_called_python_objects(tmp_path, mark):
    path = write(tmp_path / "mine.npz")
    path.write_bytes(path.read_bytes().replace(mark, b"x" * len(mark), 1))
    with pytest.raises(UserError, match=r"mine\.npz: codes is damaged: write the file again"):
        read_code_file(path)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float8_e4m3fn])
def test_numbers_of_few_bits_are_read(tmp_path, dtype):
    codes = torch.from_numpy(CODES).to(dtype)
    torch.save({"codes": codes, "factors": torch.from_numpy(FACTORS)}, tmp_path / "mine.pt")
    np.testing.assert_array_equal(arrays_of(tmp_path / "mine.pt")["codes"](), codes.float().numpy())


@pytest.mark.filterwarnings("ignore:.*quantize_per_tensor")  # that torch will drop them
def test_a_tensor_that_is_not_asked_for_is_not_looked_at(tmp_path):
    odd = torch.quantize_per_tensor(torch.zeros(3), 1.0, 0, torch.qint8)
    torch.save(
        {"codes": torch.from_numpy(CODES), "factors": torch.from_numpy(FACTORS), "odd": odd}, tmp_path / "mine.pt"
    )
    assert read_code_file(tmp_path / "mine.pt").kind == "factors"
    torch.save({"codes": odd, "factors": torch.from_numpy(FACTORS)}, tmp_path / "mine.pt")
    with pytest.raises(UserError, match=r"mine\.pt: codes is torch\.qint8, .*: save a plain tensor"):
        read_code_file(tmp_path / "mine.pt")


def table(path, **factors):
    """A table of codes and of these factors, by name."""
    columns = {f"codes.{i}": CODES[:, i] for i in range(3)} | {f"factors.{name}": own for name, own in factors.items()}
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_a_column_of_words_changes_no_other(tmp_path):
    sizes, shapes = np.arange(90) % 12, np.array(["ball", "cube", "pill"])[FACTORS[:, 0]]
    numbers = read_code_file(table(tmp_path / "n.csv", size=sizes, large=2**60 + sizes, shape=FACTORS[:, 0]))
    words = read_code_file(table(tmp_path / "w.csv", size=sizes, large=2**60 + sizes, shape=shapes))
    np.testing.assert_array_equal(words.parts["pool"].targets, numbers.parts["pool"].targets)
    assert numbers.parts["pool"].targets[5].tolist() == [5, 2**60 + 5, FACTORS[5, 0]]


@pytest.mark.parametrize("beside", [np.arange(90) % 3, np.array(["a", "b", "c"])[np.arange(90) % 3]])
@pytest.mark.parametrize("own", [np.arange(90) % 4.0, np.array(["x", "y"], dtype=object)[np.arange(90) % 2]])
def test_an_empty_cell_is_told_with_its_column_and_row(tmp_path, own, beside):
    own[7] = None
    with pytest.raises(UserError, match=r"mine\.csv: factors\.shape holds no value .* in row 7"):
        read_code_file(table(tmp_path / "mine.csv", beside=beside, shape=own))


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
