"""What is begun from files is known by them."""

import os

import pytest

from diffrep.pipelines.sources.stamps import files_stamp


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "pictures" / "a").mkdir(parents=True)
    (tmp_path / "pictures" / "a" / "1.png").write_bytes(b"one")
    (tmp_path / "table.csv").write_text("name,red")
    return {"pictures": str(tmp_path / "pictures"), "table": str(tmp_path / "table.csv"), "size": 32, "none": ""}


CHANGES = {
    "a picture of another size": lambda folder: (folder / "pictures" / "a" / "1.png").write_bytes(b"more"),
    "a picture of another time": lambda folder: os.utime(folder / "pictures" / "a" / "1.png", (1, 1)),
    "another name": lambda folder: (folder / "pictures" / "a" / "1.png").rename(folder / "pictures" / "2.png"),
    "a picture more": lambda folder: (folder / "pictures" / "2.png").touch(),
    "another table": lambda folder: (folder / "table.csv").write_text("name,red\n1,0"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_any_file_is_another_stamp(settings, tmp_path, change):
    before = files_stamp(settings)
    assert files_stamp(settings) == before
    CHANGES[change](tmp_path)
    assert files_stamp(settings) != before


def test_what_is_laid_open_beside_changes_nothing(settings, tmp_path):
    before = files_stamp(settings)
    (tmp_path / "pictures" / "x.h5.ends-12.unpacked.npy").touch()
    assert files_stamp(settings) == before
