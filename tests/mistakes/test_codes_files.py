"""Files of codes that `diffrep score` cannot measure, and words that it does not know."""

import os
import zipfile

import numpy as np
import pytest
import torch
from mistakes import Mistake, expect_told

N = 90
GENERATOR = np.random.default_rng(0)
CODES, FACTORS = GENERATOR.normal(size=(N, 3)), GENERATOR.integers(0, 4, size=(N, 2))
SCORE = ("score", "mine.npz", "--metrics", "mig", "--json", "out.json")


def saved(codes=CODES, factors=FACTORS, name="mine.npz", **others):
    """What saves a file of these arrays."""
    return lambda folder: np.savez(folder / name, **{"codes": codes, "factors": factors} | others)


def written(content: bytes, name="mine.npz"):
    return lambda folder: (folder / name).write_bytes(content)


def cut(folder):
    saved()(folder)
    os.truncate(folder / "mine.npz", 400)


def flipped(folder):
    """One byte in the middle of an array is another."""
    saved()(folder)
    content = bytearray((folder / "mine.npz").read_bytes())
    content[600] ^= 255
    (folder / "mine.npz").write_bytes(content)


def of_text(folder):
    with zipfile.ZipFile(folder / "mine.npz", "w") as archive:
        archive.writestr("codes.npy", "no array")
        archive.writestr("factors.npy", "no array")


def taken(folder):
    """A folder where the scores should go."""
    saved()(folder)
    (folder / "out.json").mkdir()


def no_folder(folder):
    saved()(folder)
    (folder / "file").write_text("")


def table(row="0.5,1,cube", heading="codes.0,factors.size,factors.shape"):
    """What writes a table whose row 3 is this one."""
    rows = [f"0.{i},{i % 3},{'ball' if i % 2 else 'cube'}" for i in range(N)]
    rows[3] = row
    return written("\n".join([heading, *rows]).encode(), "mine.csv")


def flipped_tensor(folder):
    torch.save({"codes": torch.from_numpy(CODES), "factors": torch.from_numpy(FACTORS)}, folder / "mine.pt")
    content = bytearray((folder / "mine.pt").read_bytes())
    content[content.index(CODES.tobytes()) + 99] ^= 1
    (folder / "mine.pt").write_bytes(content)


def record_taken(folder):
    saved()(folder)
    (folder / "out.record.json").mkdir()


def holes(array, value):
    found = array.astype(float)
    found[7, 1] = value
    return found


MISTAKES = [
    Mistake("codes that are not there", lambda folder: None, SCORE, r"mine\.npz is missing: write it with np\.savez"),
    Mistake("an empty file of codes", written(b""), SCORE, r"mine\.npz is no whole \.npz"),
    Mistake("a text for codes", written(b"codes,factors\n"), SCORE, r"mine\.npz is no whole \.npz"),
    Mistake("codes that are cut off", cut, SCORE, r"mine\.npz is no whole \.npz"),
    Mistake("codes with a flipped byte", flipped, SCORE, r"mine\.npz: codes is damaged"),
    Mistake("an archive of no arrays", of_text, SCORE, r"mine\.npz: codes "),
    Mistake(
        "codes without factors",
        lambda folder: np.savez(folder / "mine.npz", codes=CODES),
        SCORE,
        "mine.npz holds codes; needed are codes_train",
    ),
    Mistake("codes of nan", saved(holes(CODES, np.nan)), SCORE, r"codes holds nan or infinity, first at \[7, 1\]"),
    Mistake("codes of infinity", saved(holes(CODES, np.inf)), SCORE, r"codes holds nan or infinity"),
    Mistake("codes of 1e200", saved(holes(CODES, 1e200)), SCORE, r"codes holds 1e\+200 at \[7, 1\], more than 1e\+15"),
    Mistake("codes of 1e30", saved(holes(CODES, -1e30)), SCORE, r"codes holds -1e\+30 at \[7, 1\], more than 1e\+15"),
    Mistake("complex codes", saved(CODES * 1j), SCORE, "codes is of type complex128; give real numbers"),
    Mistake("codes in words", saved(CODES.astype(str)), SCORE, "codes is of type <U"),
    Mistake("codes that are Python objects", saved(CODES.astype(object)), SCORE, "codes holds Python objects"),
    Mistake("one code a row without a dimension", saved(CODES[:, 0]), SCORE, r"codes has shape \(90,\)"),
    Mistake("images for codes", saved(np.zeros((N, 3, 4, 4))), SCORE, r"codes has shape \(90, 3, 4, 4\)"),
    Mistake("codes of no dimension", saved(CODES[:, :0]), SCORE, r"codes has shape \(90, 0\)"),
    Mistake("fewer factors than codes", saved(factors=FACTORS[1:]), SCORE, "codes has 90 rows, factors 89"),
    Mistake("too few rows", saved(CODES[:9], FACTORS[:9]), SCORE, "codes has 9 rows; give 75 or more"),
    Mistake("factors that are measurements", saved(factors=CODES), SCORE, "90 values in 90 rows; factors are classes"),
    Mistake("factors of nan", saved(factors=holes(FACTORS, np.nan)), SCORE, r"factors holds nan at \[7, 1\]"),
    Mistake("deep factors", saved(factors=FACTORS[:, :, None]), SCORE, r"factors has shape \(90, 2, 1\)"),
    Mistake("factors and attributes", saved(attributes=FACTORS > 1), SCORE, "holds factors and attributes"),
    Mistake(
        "attributes of three values",
        lambda folder: np.savez(folder / "mine.npz", codes=CODES, attributes=FACTORS),
        ("score", "mine.npz"),
        "attributes are 0 and 1, or -1 and 1 throughout",
    ),
    Mistake(
        "one part of two",
        lambda folder: np.savez(folder / "mine.npz", codes_train=CODES, factors_train=FACTORS),
        SCORE,
        "holds codes_train, factors_train; needed are",
    ),
    Mistake(
        "one array alone", lambda folder: np.save(folder / "mine.npy", CODES), ("score", "mine.npy"), "holds one array"
    ),
    Mistake("a .pt that is none", written(b"x" * 99, "mine.pt"), ("score", "mine.pt"), "damaged or holds more than"),
    Mistake("a table of other columns", written(b"a,b\n1,2\n", "mine.csv"), ("score", "mine.csv"), "has columns a, b"),
    Mistake("a table that is empty", written(b"", "mine.csv"), ("score", "mine.csv"), "is no table of commas"),
    Mistake(
        "a metric that is none", saved(), ("score", "mine.npz", "--metrics", "migg"), "no metric 'migg': did you mean"
    ),
    Mistake("no metric at all", saved(), ("score", "mine.npz", "--metrics", ""), "no metric ''"),
    Mistake("a metric of attributes", saved(), ("score", "mine.npz", "--metrics", "tad"), "tad is of attributes"),
    Mistake(
        "scores over the codes", saved(), ("score", "mine.npz", "--json", "mine.npz"), "would write over the codes"
    ),
    Mistake("scores into a folder's place", taken, SCORE, "out.json.*is a directory", code=2),
    Mistake("scores below a file", no_folder, (*SCORE[:-1], "file/out.json"), "--json file/out.json cannot be written"),
    Mistake("an argument of no metric", saved(), (*SCORE, "--set", "bins=3"), "is not METRIC.ARGUMENT=VALUE"),
    Mistake("an argument that it has not", saved(), (*SCORE, "--set", "mig.bin=3"), "mig has no argument 'bin'"),
    Mistake("an argument of another type", saved(), (*SCORE, "--set", "mig.bins=x"), "'x' is no int, as 20 is"),
    Mistake("an argument set twice", saved(), (*SCORE, "--set", "mig.bins=3", "--set", "mig.bins=4"), "is set twice"),
    Mistake("no bins", saved(), (*SCORE, "--set", "mig.bins=0"), "mig.bins must be 2 or more"),
    Mistake(
        "votes below zero",
        saved(),
        ("score", "mine.npz", "--metrics", "factor_vae", "--set", "factor_vae.train_votes=-1"),
        "factor_vae.train_votes must be 1 or more",
    ),
    Mistake("yes for true", saved(), (*SCORE, "--set", "mig.bins=yes"), "'yes' is no int"),
    Mistake(
        "a column that is not there",
        saved(),
        ("score", "mine.npz", "--metrics", "mig,dci_lasso", "--set", "dci_lasso.categorical=[5]"),
        "dci_lasso: categorical names column 5; factors have columns 0 to 1",
    ),
    Mistake("a .pt with a flipped bit", flipped_tensor, ("score", "mine.pt"), r"mine\.pt is damaged.*: write the file"),
    Mistake("an empty label", table("0.5,1,"), ("score", "mine.csv"), "factors.shape holds no value .* in row 3"),
    Mistake("an empty number", table("0.5,,cube"), ("score", "mine.csv"), "factors.size holds no value .* in row 3"),
    Mistake("an empty code", table(",1,cube"), ("score", "mine.csv"), "codes.0 holds no value .* in row 3"),
    Mistake("a label of blanks", table("0.5,1,  "), ("score", "mine.csv"), r"holds ' ' at \[3, 1\]; give every row a"),
    Mistake("the record's place taken", record_taken, SCORE, "out.record.json is a folder; give another name"),
    Mistake("too long a name", saved(), (*SCORE[:-1], "x" * 245), "cannot be written: File name too long"),
    Mistake("a seed below zero", saved(), (*SCORE, "--seed", "-1"), "Invalid value for '--seed'", code=2),
    Mistake("a preset that is none", saved(), (*SCORE, "--preset", "fast"), "'fast' is not one of", code=2),
    Mistake("a compat that is none", saved(), (*SCORE, "--compat", "nashae"), "'nashae' is not", code=2),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
