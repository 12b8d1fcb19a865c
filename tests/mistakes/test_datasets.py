"""Data sets of one's own that are not what they should be: each is told before anything is kept of it."""

from pathlib import Path

import numpy as np
import pytest
from mistakes import Mistake, expect_told, put
from own_data import Dots

from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.paths import Shared, code

HEAD = "import numpy as np\nfrom own_data import Dots\n\n\n"
MINE = r"data set 'mine' \(pictures:Mine\): .*"
WORDS = ("prepare", "--dataset", "mine")


def files(text: str, adapter: str = "pictures:Mine"):
    """What writes pictures.py, names it in params.yaml, and records the code as the stage `code` would."""

    def make(folder: Path) -> None:
        (folder / "pictures.py").write_text(text)
        put("datasets.mine", {"adapter": adapter, "seed": 0})(folder)
        put("budgets.mine", {"base": 2, "oracle": 2, "method": 2, "autoencoder": 2})(folder)
        put("grid.dataset", ["mine"])(folder)
        for path in (code("prepare"), Shared("mine").code):
            write_json(path, {"code": {}})
        write_json(Shared("mine").files, {})

    return make


def wrong(kind: str, body: str, told: str) -> Mistake:
    """A class that overrides something of a good one."""
    return Mistake(f"data set: {kind}", files(f"{HEAD}class Mine(Dots):\n    {body}\n"), WORDS, MINE + told)


def images(expression: str) -> str:
    return f"def images(self, rows): return {expression}"


def splits(expression: str) -> str:
    return f"def splits(self): return super().splits() | {{{expression}}}"


GIVEN = "self.pictures[rows]"
WOULD = r"\[60, 8, 8, 3\] uint8"
MISTAKES = [
    wrong("images of 0 to 1", images(f"{GIVEN} / 255"), r"images\(rows\) is float64, from 0 to .*\(255 \* images\)"),
    wrong("images of -1 to 1", images(f"{GIVEN} / 127.5 - 1"), r"is float64, from -1 to .*127.5 \* \(images \+ 1\)"),
    wrong("images of another type", images(f"{GIVEN}.astype(np.int64)"), r"is int64, from 0 to \d+: bytes, uint8"),
    wrong("images of NaN", images(f"{GIVEN} * np.nan"), r"is float64, from nan to nan: bytes, uint8"),
    wrong("images of 0 and 1 as bytes", images(f"{GIVEN} // 128"), r"nothing but 0 and 1: .* 255 \* images would do"),
    wrong("images that are objects", images(f"{GIVEN}.astype(object)"), rf"is object, which are no numbers: {WOULD}"),
    wrong("images that are words", images(f"{GIVEN}.astype(str)"), rf"is <U3, which are no numbers: {WOULD}"),
    wrong("images that are pairs of numbers", images(f"{GIVEN} * 1j"), r"is complex128, which are no numbers"),
    wrong("black images", images(f"{GIVEN} * 0"), "every pixel of every image is 0"),
    wrong("channels first", images(f"{GIVEN}.transpose(0, 3, 1, 2)"), rf"shape \[60, 3, 8, 8\], .*: {WOULD}, channels"),
    wrong("image_shape with channels last", "image_shape = (8, 8, 3)", r"is \(8, 8, 3\): .*, \(3, 8, 8\) here"),
    wrong("grey images without an axis", images(f"{GIVEN}[..., 0]"), rf"has the shape \[60, 8, 8\].*{WOULD}"),
    wrong("too few images", images(f"{GIVEN}[1:]"), r"has the shape \[59, 8, 8, 3\]"),
    wrong("a generator of images", images(f"(x for x in {GIVEN})"), rf"is a generator: a numpy array, {WOULD}"),
    wrong("a list of images", images(f"list({GIVEN})"), rf"images\(rows\) is a list: a numpy array, {WOULD}"),
    wrong("no images", images("None"), rf"images\(rows\) is None: a numpy array, {WOULD}"),
    wrong("images in another order each time", images(f"np.random.permutation({GIVEN})"), "gives other values when as"),
    wrong("image_shape of two numbers", "image_shape = (8, 8)", r"image_shape is \(8, 8\): \(channels, height, width"),
    wrong("image_shape of no number", "image_shape = (3, 8, 0)", r"image_shape is \(3, 8, 0\): .* from 1 on"),
    wrong("splits that overlap", splits("'test': np.arange(45, 60)"), "row 45 in 'valid' and in 'test', 5 such rows"),
    wrong(
        "splits beyond the end", splits("'test': np.arange(50, 90)"), r"\['test'\] has row 89, but there are 0 to 59"
    ),
    wrong("negative rows", splits("'test': np.arange(-9, 0)"), r"splits\(\)\['test'\] has row -9, but there are 0"),
    wrong("splits that are masks", splits("'test': np.arange(60) > 50"), r"\['test'\] is a mask: .*np.flatnonzero"),
    wrong(
        "splits without valid", "def splits(self): return {'train': 0, 'test': 0}", r"has \['train', 'test'\]: train, "
    ),
    wrong("a split beyond the three", splits("'extra': np.arange(3)"), r"'extra'\]: train, valid, test, all three"),
    wrong("an empty split", splits("'valid': np.arange(0)"), r"splits\(\)\['valid'\] is empty: every split has"),
    wrong("a row twice in a split", splits("'valid': np.array([41, 41])"), r"\['valid'\] has row 41 2 times"),
    wrong("splits that are shares", splits("'valid': 0.2"), r"\['valid'\] is 0.2: a numpy array, row numbers \[n\]"),
    wrong("rows that are floats", splits("'valid': np.array([41.0])"), r"\['valid'\] is an array \[1\] of float64"),
    wrong("splits in a tuple", "def splits(self): return (1, 2, 3)", r"splits\(\) gives a tuple: a dict of train"),
    wrong(
        "fewer names than attributes", "def attributes(self, rows): return np.tile(self.known[rows], 2)", "4 columns"
    ),
    wrong("a name twice", "attribute_names = ('red', 'red')", "attribute_names has 'red' twice"),
    wrong("names in one word", "attribute_names = 'bright'", "attribute_names is 'bright': a tuple of words"),
    wrong("a name that cannot be printed", "attribute_names = ('a\\nb', 'c')", r"has 'a\\nb': printable words"),
    wrong("a name without end", "attribute_names = ('a' * 65, 'c')", "printable words of 1 to 64 characters"),
    wrong("a name that is a number", "attribute_names = (1, 2)", "attribute_names has 1: printable words"),
    wrong(
        "no names of attributes", "attribute_names = ()", "attribute_groups has 2 entries, attribute_names has 0: one"
    ),
    wrong(
        "targets without numbers",
        "target_names = ('size',)",
        r"there is no targets\(rows\): \[n, r\] float32, a column",
    ),
    wrong(
        "targets that are no numbers",
        "target_names = ('size',)\n    def targets(self, rows): return np.full((len(rows), 1), np.nan)",
        r"targets\(rows\) has NaN or infinities: leave out rows without a value",
    ),
    wrong(
        "fewer groups than attributes", "attribute_groups = ('tone',)", "1 entries, attribute_names has 2: one for ea"
    ),
    wrong(
        "attributes of -1 and 1",
        "def attributes(self, rows): return 2 * self.known[rows].astype(int) - 1",
        r"attributes\(rows\) has values -1, 1, not 0 and 1: \(attributes == 1\).astype\(np.uint8\) would do",
    ),
    wrong(
        "attributes of -1 and 1 as bytes",
        "def attributes(self, rows): return 2 * self.known[rows] - np.uint8(1)",
        r"has values 1, 255, not 0 and 1: \(attributes == 1\)",
    ),
    wrong("attributes in shares", "def attributes(self, rows): return self.known[rows] * 0.7", "is float64: .*0 and 1"),
    wrong(
        "attributes of three kinds", "def attributes(self, rows): return self.known[rows] * 2", "has values 0, 2, not"
    ),
    wrong("attributes of too few rows", "def attributes(self, rows): return self.known[rows][1:]", "59 rows for 60 im"),
    wrong("one attribute as a vector", "def attributes(self, rows): return self.known[rows, 0]", r"the shape \[60\]"),
    wrong("factors beyond their size", "factor_sizes = (4,)", "has 'level' from 0 to 4, its size is 4: 0 to 3"),
    wrong("factors counted from one", "def factors(self, rows): return self.level[rows] + 1", "'level' from 1 to 5"),
    wrong("factors that are floats", "def factors(self, rows): return self.level[rows] / 2", "is float64, not whole"),
    wrong(
        "factors that are words", "def factors(self, rows): return self.level[rows].astype(str)", "is <U21, not whole"
    ),
    wrong(
        "factors that are missing", "def factors(self, rows): return None", r"factors\(rows\) is None: a numpy array"
    ),
    wrong("factors without names", "factor_names = factor_sizes = ()", "but factor_names is empty: None, or names"),
    wrong("sizes without factors", "factor_names = ()", "factor_sizes has 1 entries, factor_names has 0"),
    wrong("a size that is no number", "factor_sizes = ('5',)", "factor_sizes has '5' for 'level': whole numbers"),
    wrong("a factor of one value", "factor_sizes = (1,)", "has 1 for 'level': whole numbers from 2 on would do, what"),
    wrong("no licence", "licence = None", "licence is None: a sentence on their licence would do"),
    wrong("no images to speak of", "def __len__(self): return 0", r"no images: len\(\) is 0"),
    wrong("a method that is missing", "splits = None", r"there is no splits\(\): see diffrep/datasets/source.Source"),
    Mistake(
        "data set: a member that is missing",
        files(f"{HEAD}class Mine:\n    def __init__(self, *, seed): pass\n"),
        WORDS,
        MINE + r"there is no image_shape: \(channels, height, width\)",
    ),
    Mistake(
        "data set: raises while it is built",
        files(f"{HEAD}class Mine(Dots):\n    def __init__(self, *, seed):\n        raise KeyError('no archive')\n"),
        WORDS,
        r"data set 'mine' \(pictures:Mine\) in .*pictures.py, line 7: KeyError: 'no archive'",
    ),
    Mistake(
        "data set: raises while it is read",
        files(f"{HEAD}class Mine(Dots):\n    def images(self, rows):\n        return self.nosuch\n"),
        WORDS,
        r"data set 'mine' \(pictures:Mine\) in .*pictures.py, line 7: AttributeError: 'Mine' object has no attribute",
    ),
    Mistake(
        "data set: splits that fail before anything is trained",
        files(f"{HEAD}class Mine(Dots):\n    def splits(self):\n        return {{}}['train']\n"),
        ("code",),
        r"data set 'mine' \(pictures:Mine\) in .*pictures.py, line 7: KeyError: 'train'",
    ),
    Mistake(
        "data set: no splits before anything is trained",
        files(f"{HEAD}class Mine(Dots):\n    def splits(self): pass\n"),
        ("code",),
        MINE + r"splits\(\) gives None: a dict of train, valid, test would do",
    ),
    Mistake(
        "data set: calls sys.exit",
        files(f"{HEAD}class Mine(Dots):\n    def images(self, rows):\n        raise SystemExit(0)\n"),
        WORDS,
        r"data set 'mine' \(pictures:Mine\) in .*pictures.py, line 7: calls sys.exit\(0\)",
    ),
    Mistake(
        "data set: cannot be imported",
        files("import numpy\n\nraise RuntimeError('broken')\n"),
        WORDS,
        r"cannot import data set 'pictures:Mine': RuntimeError: broken \(.*pictures.py, line 3\)",
    ),
    Mistake(
        "data set: a class that is not there",
        files(HEAD, "pictures:Nine"),
        WORDS,
        "cannot import data set 'pictures:Nine': AttributeError: module 'pictures' has no attribute 'Nine'",
    ),
    Mistake(
        "data set: a function", files(f"{HEAD}def Mine(*, seed): pass\n"), WORDS, "'mine' .* is no class: .*Source"
    ),
    Mistake(
        "data set: a key that it does not take",
        files(f"{HEAD}class Mine(Dots):\n    def __init__(self): pass\n"),
        WORDS,
        "datasets.mine: unknown key 'seed'",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, own, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
    assert not list((tmp_path / "work").glob("data/mine/*"))


def test_what_keeps_the_contract_is_written(tmp_path):
    source = Dots(seed=0)
    write(source, tmp_path)
    data = Prepared(tmp_path)
    assert (data.attributes == source.known).all()
    assert data.card["counts"] == {"train": 40, "valid": 10, "test": 10}


class Numbers(Dots):
    """What numpy makes of sizes, sides and names that are taken from arrays."""

    image_shape = tuple(np.array([3, 8, 8]))
    factor_sizes = tuple(np.array([5], np.uint8))
    attribute_names = tuple(np.array(["bright", "red"]))
    licence = np.str_("unknown")


def test_numbers_and_words_of_numpy_are_kept_as_pythons(tmp_path):
    for name, cls in (("ours", Dots), ("theirs", Numbers)):
        write(cls(seed=0), tmp_path / name / "dots")
    ours, theirs = (Prepared(tmp_path / name / "dots") for name in ("ours", "theirs"))
    assert theirs.card == ours.card
    assert theirs.checksum == ours.checksum
    assert np.array_equal(theirs.images, ours.images)


class Booleans(Dots):
    """Attributes as numpy's comparisons give them, factors in small numbers."""

    def attributes(self, rows):
        return self.known[rows] == 1

    def factors(self, rows):
        return self.level[rows].astype("uint8")


def test_types_that_lose_nothing_are_kept_as_ours(tmp_path):
    for name, cls in (("ours", Dots), ("theirs", Booleans)):
        write(cls(seed=0), tmp_path / name)
    assert Prepared(tmp_path / "ours").checksum == Prepared(tmp_path / "theirs").checksum
