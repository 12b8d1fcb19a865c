"""`prepare --check`: every kind of fault in a person's files, all of them at once, and nothing written."""

from pathlib import Path

import pytest
import yaml
from checked_files import (
    ATTRIBUTES,
    FILES,
    FOLDER,
    KINDS,
    PARTITION,
    PICTURES,
    SECTION,
    checked,
    half,
    missing,
    own,
    page,
    write_params,
)
from face_files import zip_of
from tiny_cells import ROOMS, small_values


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


def test_all_settings_that_a_data_set_of_the_grid_is_too_small_for_are_told(work):
    values = small_values()
    values["datasets"][ROOMS] |= {"train": 20, "valid": 7, "test": 9}
    values["datasets"]["faces"] = SECTION
    Path("params.yaml").write_text(yaml.safe_dump(values))
    code, (head, *lines) = checked()
    assert (code, head) == (1, f"{ROOMS}: {len(lines)} faults")
    assert len(lines) == len(set(lines))
    keys = ("train.batch_size", "base.training.valid_images", "evaluate.diagnose.images", "evaluate.reconstruct.images")
    keys += ("evaluate.counterfactual.pairs", "evaluate.disentangle.test", "training images of datasets")
    for key in keys:
        assert any(f"params.yaml: {key} is " in line or key in line for line in lines), (key, lines)
    assert checked("faces")[0] == 0, "it is not in the grid: what is asked is of others"


def test_settings_are_told_beside_faults_of_images(work):
    own(
        "def images(self, rows):",
        "    if 7 in rows: raise ValueError('cannot be read')",
        "    return super().images(rows)",
    )
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["grid"]["dataset"] = ["mine"]
    values["budgets"]["mine"] = values["budgets"][ROOMS]
    Path("params.yaml").write_text(yaml.safe_dump(values))
    _, lines = checked("mine")
    assert lines[-1].startswith("  row 7: ")
    assert any("allows at most" in line for line in lines)
