"""Fixtures of several files of this folder."""

import pytest
from diffusers_folders import of_2022


@pytest.fixture
def theirs(tmp_path, monkeypatch):
    """A folder to work in, whose folder `theirs` is what was published in July 2022."""
    monkeypatch.chdir(tmp_path)
    of_2022(tmp_path / "theirs")
    return tmp_path / "theirs"
