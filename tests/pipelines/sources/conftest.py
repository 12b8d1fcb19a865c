"""Fixtures of several files of this folder."""

import sys

import pytest
from checked_files import (
    ATTRIBUTES,
    COUNT,
    FILES,
    FOLDER,
    PARTITION,
    PICTURES,
    SECTION,
    write_params,
)
from face_files import attributes_text, flags, folder_of, put


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
