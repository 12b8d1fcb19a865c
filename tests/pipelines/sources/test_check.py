"""`prepare --check`: every kind of fault in a person's files, all of them at once, and nothing written."""

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from face_files import attributes_text, flags, folder_of, painted, put, zip_of
from mistakes import contents
from tiny_cells import ROOMS, small_values

from diffrep.datasets import arrays
from diffrep.datasets.files import npy
from diffrep.datasets.medmnist import MedMNIST
from diffrep.pipelines.cli import cli
from diffrep.pipelines.sources.check import by_sentence

COUNT = 12
FILES = [f"{n + 1:06d}.jpg" for n in range(COUNT)]
PICTURES = dict(zip(FILES, painted(COUNT), strict=True))
FOLDER, ATTRIBUTES, PARTITION = "img_align_celeba", "list_attr_celeba.txt", "list_eval_partition.txt"
PAGE = "<!DOCTYPE html><title>Quota exceeded</title>"
SECTION = {
    **{"adapter": "celeba", "pictures": FOLDER, "attributes": ATTRIBUTES, "partition": PARTITION, "crop": "d2c"},
    **{"size": 16, "resampling": "lanczos", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0},
}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder with a params.yaml and the files of a small CelebA."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    folder_of(tmp_path / FOLDER, PICTURES)
    put(tmp_path / ATTRIBUTES, attributes_text(FILES, flags(COUNT)))
    put(tmp_path / PARTITION, "".join(f"{name} {n % 3}\n" for n, name in enumerate(FILES)))
    write_params({"faces": SECTION})
    yield tmp_path
    sys.modules.pop("pictures", None)


def write_params(sections):
    values = small_values()
    values["datasets"] |= sections
    Path("params.yaml").write_text(yaml.safe_dump(values))


def own(*lines: str):
    """A data set of one's own, whose class ends with these lines, as the section `mine`."""
    body = "".join(f"    {line}\n" for line in lines or ("pass",))
    head = "import numpy as np\nfrom own_data import Dots\n\n\n"
    Path("pictures.py").write_text(f"{head}class Mine(Dots):\n{body}")
    write_params({"mine": {"adapter": "pictures:Mine", "seed": 0}})


def checked(*names: str) -> tuple[int, list[str]]:
    """How the check ends, and its lines, of a data set or of all; nothing is written."""
    before = contents(Path())
    done = CliRunner().invoke(cli, ["prepare", "--check", *(word for name in names for word in ("--dataset", name))])
    assert {path: content for path, content in contents(Path()).items() if "__pycache__" not in path} == before
    return done.exit_code, done.output.splitlines()


def page(name: str):
    return lambda work: put(work / name, PAGE)


def half(name: str):
    return lambda work: (work / name).write_bytes((work / name).read_bytes()[: (work / name).stat().st_size // 2])


def missing(name: str):
    return lambda work: (work / name).unlink()


def other_rows(name: str, rows):
    def change(work):
        lines = (work / name).read_text().splitlines()
        (work / name).write_text("\n".join(rows(lines)) + "\n")

    return change


KINDS = [
    ("a web page in a table's place", page(ATTRIBUTES), f"{ATTRIBUTES} is a web page saved under that name"),
    ("half a table", half(ATTRIBUTES), f"{ATTRIBUTES} "),
    ("no table", missing(PARTITION), f"{PARTITION} is missing"),
    ("an empty table", lambda work: put(work / PARTITION, ""), f"{PARTITION} is empty"),
    ("a wrong split", lambda work: put(work / PARTITION, "000001.jpg 7\n"), f"{PARTITION} has splits [7]"),
    ("attributes without pictures", missing(f"{FOLDER}/{FILES[4]}"), f"lacks pictures of which {ATTRIBUTES} has rows"),
    (
        "pictures without attributes",
        other_rows(ATTRIBUTES, lambda lines: [str(COUNT - 1), *lines[1:-1]]),
        f"has pictures of which {ATTRIBUTES} has no rows: 1 of them, number 12",
    ),
    ("half a picture", half(f"{FOLDER}/{FILES[3]}"), f"{FOLDER}/{FILES[3]} is a damaged picture"),
    ("a web page as a picture", page(f"{FOLDER}/{FILES[3]}"), f"{FOLDER}/{FILES[3]} is no picture"),
    ("a picture of other sides", lambda work: folder_of(work / FOLDER, {FILES[8]: painted(1, (64, 64))[0]}), "64x64"),
]


@pytest.mark.parametrize(("wrong", "line"), [kind[1:] for kind in KINDS], ids=[kind[0] for kind in KINDS])
def test_every_kind_of_fault_is_told(work, wrong, line):
    wrong(work)
    code, lines = checked("faces")
    assert code == 1
    assert lines[0].startswith("faces: ")
    assert any(line in told for told in lines[1:]), lines


def test_a_whole_data_set_is_told_with_what_is_there(work):
    assert checked("faces") == (
        0,
        [
            "faces: nothing is wrong",
            "  3 x 16 x 16: 4 train, 4 valid, 4 test; 40 attributes",
            "  CelebA, 12 of the 202,599 aligned pictures, official splits, crop d2c",
        ],
    )


def test_all_faults_are_listed_at_once(work):
    """Two tables and three pictures, of which no one hides the others."""
    for wrong in (page(ATTRIBUTES), missing(PARTITION), *(half(f"{FOLDER}/{FILES[n]}") for n in (2, 5, 9))):
        wrong(work)
    code, lines = checked("faces")
    assert code == 1
    assert lines[0] == "faces: 5 faults"
    for told in (ATTRIBUTES, PARTITION, FILES[2], FILES[5], FILES[9]):
        assert sum(told in line for line in lines) == 1, lines


def test_rows_of_a_data_set_that_can_be_built_are_named(work):
    for n in (1, 4, 7):
        half(f"{FOLDER}/{FILES[n]}")(work)
    write_params({"faces": SECTION | {"splits": "drawn", "train": 8, "valid": 2, "test": 2}})
    code, lines = checked("faces")
    assert (code, lines[0]) == (1, "faces: 3 faults")
    assert sorted(line.partition(FOLDER)[2].split()[0] for line in lines[1:]) == [f"/{FILES[n]}" for n in (1, 4, 7)]
    assert all(line.startswith("  row ") for line in lines[1:])


def test_half_a_zip_and_a_damaged_member_are_told(work):
    packed = zip_of(work / "faces.zip", PICTURES)
    write_params({"faces": SECTION | {"pictures": "faces.zip"}})
    assert checked("faces")[0] == 0
    content = bytearray(packed.read_bytes())
    place = content.index(FILES[6].encode()) + 200
    content[place : place + 40] = bytes(40)
    packed.write_bytes(content)
    code, lines = checked("faces")
    assert (code, lines[0]) == (1, "faces: 1 fault")
    assert f"faces.zip is damaged at {FILES[6]}" in lines[1]
    half("faces.zip")(work)
    assert "truncated" in checked("faces")[1][1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("def splits(self): return super().splits() | {'test': np.arange(45, 60)}", "row 45 in 'valid' and in 'test'"),
        ("def attributes(self, rows): return 2 * super().attributes(rows)", "attributes(rows) has values 0, 2"),
        ("def factors(self, rows): return super().factors(rows) + 1", "has 'level' from 1 to 5, its size is 5"),
        ("def images(self, rows): return super().images(rows) / 255", "60 rows from 0 to 59: images(rows) is float64"),
        ("def images(self, rows): return super().images(rows) // 255", "every pixel of every image is 0"),
        ("def images(self, rows): return np.random.permutation(super().images(rows))", "images(rows) gives other"),
        ("def images(self, rows): return super().images(rows[rows != 7])", "row 7: images(rows) has the shape [0, 8"),
        (
            "target_names = ('age',); targets = lambda self, rows: np.full((len(rows), 1), np.nan)",
            "targets(rows) has NaN",
        ),
        ("def images(self, rows): return self.nosuch", "pictures.py, line 6: AttributeError"),
        ("def __len__(self): return 0", "there are no images"),
    ],
)
def test_what_breaks_the_contract_is_told(work, line, told):
    own(line)
    code, lines = checked("mine")
    assert code == 1
    assert sum(told in each for each in lines) == 1, lines


def test_faults_of_several_kinds_stand_side_by_side(work):
    own(
        "def attributes(self, rows): return 2 * super().attributes(rows)",
        "def factors(self, rows): return super().factors(rows) + 1",
        "def images(self, rows):",
        "    if 7 in rows or 31 in rows: raise ValueError('cannot be read')",
        "    return super().images(rows)",
    )
    code, lines = checked("mine")
    assert (code, lines[0]) == (1, "mine: 3 faults")
    assert lines[3].startswith("  2 rows from 7 to 31: ")


PACKED = """
from itertools import count
from pathlib import Path
import numpy as np
from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.grid_images import GridImages
from diffrep.datasets.files.unpacked import Unpacked


class Mine(GridImages):
    factor_names, factor_sizes, image_shape = ("level",), (20,), (1, 8, 8)
    source, licence = "an archive", "unknown"

    def __init__(self, *, damaged_at: int, seed: int) -> None:
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=("level",))
        self._unpacked = Unpacked(Path("archive"), "identity", (20, 8, 8))
        self._drawn, self._splits = Counts(10, 5, 5).drawn_from(np.arange(20), seed, "it")
        self._damaged_at = damaged_at

    def _blocks(self):
        for start in range(0, 20, 5):
            if start == self._damaged_at:
                raise ValueError("archive is damaged: get it again")
            yield start, np.arange(5 * 64, dtype=np.uint8).reshape(5, 8, 8)

    def _at(self, places):
        return self._unpacked.images(self._blocks)[places][..., None]
"""


@pytest.mark.parametrize(("damaged", "code", "told"), [(-1, 0, "an archive"), (10, 1, "archive is damaged: get it")])
def test_an_archive_is_read_through_and_not_unpacked(work, damaged, code, told):
    Path("pictures.py").write_text(PACKED)
    write_params({"mine": {"adapter": "pictures:Mine", "damaged_at": damaged, "seed": 0}})
    ended, lines = checked("mine")
    assert ended == code, lines
    assert told in lines[-1]


def test_without_a_name_all_of_the_grid_are_looked_at(work):
    assert checked() == (0, checked(ROOMS)[1])
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["grid"]["dataset"] += ["faces"]
    values["budgets"]["faces"] = values["budgets"][ROOMS]
    Path("params.yaml").write_text(yaml.safe_dump(values))
    missing(ATTRIBUTES)(work)
    code, lines = checked()
    assert code == 1
    assert [line for line in lines if line[0] != " "] == [f"{ROOMS}: nothing is wrong", "faces: 1 fault"]


def test_a_name_that_is_not_there_is_one_line(work):
    done = CliRunner().invoke(cli, ["prepare", "--check", "--dataset", "face"])
    assert str(done.exception) == "no data set 'face' in datasets of params.yaml: did you mean 'faces'?"


def test_without_check_the_data_set_is_named(work):
    done = CliRunner().invoke(cli, ["prepare"])
    assert done.exit_code == 2
    assert "Missing option '--dataset'" in done.output


def test_one_sentence_stands_once():
    assert list(by_sentence({3: "a", 5: "b", 1200: "a"})) == ["2 rows from 3 to 1200: a", "row 5: b"]


def test_a_large_compressed_array_is_read_through_and_not_unpacked(work, monkeypatch):
    monkeypatch.setattr(arrays, "SMALL", 0)
    monkeypatch.setattr(npy, "IN_MEMORY", 0)
    pictures = np.random.default_rng(0).integers(0, 256, (300, 8, 8), dtype=np.uint8)
    keys = {"levels": "bytes", "size": 8, "resampling": "lanczos", "splits": "drawn", "seed": 0}
    write_params({"mine": {"adapter": "arrays", "file": "a.npz", "train": 200, "valid": 50, "test": 50, **keys}})
    np.savez_compressed("a.npz", images=pictures)
    assert checked("mine")[0] == 0
    content = bytearray(Path("a.npz").read_bytes())
    content[5000:5100] = bytes(100)
    Path("a.npz").write_bytes(content)
    code, lines = checked("mine")
    assert (code, lines[0]) == (1, "mine: 1 fault")
    assert "a.npz" in lines[1]


def test_medical_images_are_read_through_part_by_part(work, monkeypatch):
    monkeypatch.setattr(npy, "IN_MEMORY", 0)
    monkeypatch.setattr(npy, "BLOCK", 10)
    drawn = np.random.default_rng(0)
    counts = {"train": 25, "val": 5, "test": 12}
    images = {f"{p}_images": drawn.integers(0, 256, (n, 28, 28), dtype=np.uint8) for p, n in counts.items()}
    np.savez_compressed("m.npz", **images, **{f"{p}_labels": np.arange(n)[:, None] % 2 for p, n in counts.items()})
    keys = {"size": 28, "resampling": "lanczos", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0}
    source = MedMNIST(file="m.npz", **keys)
    assert (source.packed, list(source.read_through())) == (42, [10, 20, 25, 30, 40, 42])
    assert len(list(work.glob("m.npz*"))) == 1
    source.images(np.arange(42))
    assert (source.packed, list(source.read_through())) == (0, [])


def test_several_processes_find_what_one_finds(work, monkeypatch):
    monkeypatch.setattr("diffrep.pipelines.sources.check.PIECE", 2 * 3 * 16 * 16)
    for n in (1, 4, 7):
        half(f"{FOLDER}/{FILES[n]}")(work)
    write_params({"faces": SECTION | {"splits": "drawn", "train": 8, "valid": 2, "test": 2}})
    found = []
    for cores in (1, 2):
        monkeypatch.setattr("diffrep.pipelines.sources.check.usable_cores", lambda cores=cores: cores)
        found.append(checked("faces"))
    assert found[0] == found[1]
    assert found[0][1][0] == "faces: 3 faults"
