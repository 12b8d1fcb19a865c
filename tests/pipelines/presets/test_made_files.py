"""Made files: read by the reader that a preset names, alike each time, and nothing else in the folder touched."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from mistakes import contents

from diffrep.datasets import DATASETS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.presets import made_files
from diffrep.pipelines.presets.made_files import COUNTS, made_section, make
from diffrep.pipelines.presets.published import published

SECTIONS = {values["data"]["dataset"]["adapter"]: values["data"]["dataset"] for values in published().values()}
WHOLE = ("cifar10", "cifar100", "shapes3d", "cars3d", "mpi3d")  # readers that take nothing but the published files
SIZE = 16


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Adapter -> the folder of its made files, each made once."""
    folders: dict[str, Path] = {}

    def made(adapter):
        if adapter not in folders:
            folders[adapter] = tmp_path_factory.mktemp(adapter)
            make(made_section(SECTIONS[adapter], SIZE)[0], folders[adapter])
        return folders[adapter]

    return made


@pytest.mark.parametrize("adapter", SECTIONS)
def test_the_reader_reads_them(adapter, made, monkeypatch):
    section, told = made_section(SECTIONS[adapter], SIZE)
    monkeypatch.chdir(made(adapter))
    assert section["adapter"] == ("arrays" if adapter in WHOLE else adapter)
    assert told.startswith("made")
    settings = {key: value for key, value in section.items() if key != "adapter"}
    source = lookup(DATASETS, section["adapter"], "data set")(**settings)
    assert {name: len(rows) for name, rows in source.splits().items()} == COUNTS
    images = source.images(np.arange(len(source)))
    assert images.shape == (sum(COUNTS.values()), SIZE, SIZE, 3)
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) > 100
    if source.attribute_names:
        shares = source.attributes(np.arange(len(source))).mean(axis=0)
        assert ((shares > 0) & (shares < 1)).mean() > 0.8  # of a hundred classes some have no row


@pytest.mark.parametrize("adapter", ["celeba", "celebahq", "shapes3d"])
def test_they_are_alike_each_time_and_nothing_else_is_touched(adapter, here, monkeypatch):
    """Shown of few pictures: those of CelebA are large."""
    monkeypatch.setattr(made_files, "COUNTS", {"train": 8, "valid": 4, "test": 4})
    monkeypatch.setattr(made_files, "COUNT", 16)
    own = here / "data" / "celeba" / "000001.jpg"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"a person's own")
    section, _ = made_section(SECTIONS[adapter], SIZE)
    make(section, here)
    first = contents(here)
    make(section, here)
    assert contents(here) == first
    assert own.read_bytes() == b"a person's own"
    assert all(name.startswith(("data/made", "data/celeba")) for name in first if name != "data")


def test_paths_of_a_person_are_not_read(here):
    for section in SECTIONS.values():
        made, _ = made_section(section, SIZE)
        assert [value for value in made.values() if str(value).startswith("data/")]
        assert all(value.startswith("data/made/") for value in made.values() if str(value).startswith("data/"))


def test_without_lmdb_the_extra_is_named(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(UserError, match=r"ffhq256\.lmdb is an LMDB, .*: pip install 'diffrep\[data\]'"):
        make(made_section(SECTIONS["ffhq"], SIZE)[0], here)


def test_the_names_of_mini_imagenet_share_their_pictures(made):
    files = list((made("mini_imagenet") / "data" / "made" / "mini-imagenet").rglob("*.JPEG"))
    assert len(files) == 60_000
    assert len({os.stat(file).st_ino for file in files}) == 200
