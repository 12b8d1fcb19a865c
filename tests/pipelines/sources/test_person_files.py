"""A person's files make `prepare` outdated where they change, not where they are copied or gone."""

import os
import shutil

import pytest
from tiny_cells import small_values

from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.sources import person_files
from diffrep.pipelines.sources.person_files import record
from diffrep.pipelines.stages.code import data_files

KEYS = {"pictures", "table"}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "here" / "pictures" / "a").mkdir(parents=True)
    for name in ("1.png", "2.png"):
        (tmp_path / "here" / "pictures" / "a" / name).write_bytes(b"one")
    (tmp_path / "here" / "table.csv").write_text("name,red\n1,0")
    return tmp_path / "here"


def section(folder) -> dict:
    return {"pictures": str(folder / "pictures"), "table": str(folder / "table.csv"), "size": 32, "kind": "drawn"}


@pytest.fixture(params=["small", "large"])
def size(request, monkeypatch):
    """All files together, beside how many bytes are known by their content."""
    if request.param == "large":
        monkeypatch.setattr(person_files, "SUMMED", 2)
    return request.param


CHANGES = {
    "a corrected table": ("table", lambda folder: (folder / "table.csv").write_text("name,red\n1,1")),
    "another picture": ("pictures", lambda folder: (folder / "pictures" / "a" / "1.png").write_bytes(b"two")),
    "a picture more": ("pictures", lambda folder: (folder / "pictures" / "3.png").touch()),
    "a picture less": ("pictures", lambda folder: (folder / "pictures" / "a" / "1.png").unlink()),
    "another name": (
        "pictures",
        lambda folder: (folder / "pictures" / "a" / "1.png").rename(folder / "pictures/0.png"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_at_its_key_alone(files, size, change):
    before = record(section(files), {})
    assert (set(before), record(section(files), {})) == (KEYS, before)
    key, make = CHANGES[change]
    make(files)
    after = record(section(files), before)
    assert {name for name in KEYS if after[name] != before[name]} == {key}


def test_a_copy_without_its_times_is_the_same_where_it_is_small_and_its_tables_always(files, size):
    before = record(section(files), {})
    moved = shutil.copytree(files, files.parent / "there", copy_function=shutil.copyfile)
    for path in moved.rglob("*"):
        os.utime(path, (1, 1))
    after = record(section(moved), {})
    assert after["table"] == before["table"]
    assert (after["pictures"] == before["pictures"]) == (size == "small")


def test_what_is_laid_open_beside_changes_nothing(files):
    before = record(section(files), {})
    (files / "pictures" / "x.h5.ends-12.unpacked.npy").touch()
    assert record(section(files), before) == before


def test_what_is_gone_stays_what_it_was(files):
    before = record(section(files), {})
    shutil.rmtree(files)
    assert record(section(files), before) == before
    assert record(section(files), {}) == {}


def test_what_cannot_be_read_stays_what_it_was(files, monkeypatch):
    before = record(section(files), {})

    def refused(path):
        raise PermissionError(path)

    monkeypatch.setattr(person_files, "sha256_of", refused)
    assert record(section(files), before) == before


def test_a_key_that_names_nothing_any_more_is_forgotten(files):
    before = record(section(files), {})
    assert set(record(section(files) | {"table": ""}, before)) == {"pictures"}


def test_the_stage_code_keeps_its_own_last_record(files, monkeypatch):
    monkeypatch.chdir(files.parent)
    values = small_values()
    values["datasets"]["mine"] = {"adapter": "own_data:Dots", **section(files)}
    values["budgets"]["mine"] = next(iter(values["budgets"].values()))
    values["grid"]["dataset"] = ["mine"]
    params, path = parsed(values), Shared("mine").files
    found = data_files(params)
    assert set(found[path]) == KEYS
    write_json(path, found[path])
    shutil.rmtree(files)
    assert data_files(params) == found


def test_drawn_data_have_no_files(files, monkeypatch):
    monkeypatch.chdir(files.parent)
    params = parsed(small_values())
    assert data_files(params) == {Shared(name).files: {} for name in params.grid.dataset}
