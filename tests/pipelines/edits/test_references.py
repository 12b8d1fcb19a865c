"""Two sets of real training images: disjoint, of one size, the seed's alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.edits import references

IMAGES = np.arange(100, dtype=np.uint8)[:, None, None, None]
DATA = SimpleNamespace(images=IMAGES, splits={"train": np.arange(20, 80)})


@pytest.fixture(autouse=True)
def _extractor(monkeypatch):
    monkeypatch.setattr(
        references, "extractors", lambda device: {"own": lambda images: images.reshape(len(images), -1)}
    )


def test_both_sets_are_of_training_images_and_share_none():
    found = references.reference_features(DATA, 30, seed=0, device=torch.device("cpu"))
    first, second = (found[f"own_{side}"].ravel().tolist() for side in (references.REFERENCE_SET, references.OTHER_SET))
    assert len(first) == len(second) == 30
    assert sorted(first + second) == list(range(20, 80))


def test_too_few_training_images_are_told():
    with pytest.raises(UserError, match=r"images = 31 needs 62 training images, there are 60"):
        references.reference_features(DATA, 31, seed=0, device=torch.device("cpu"))


def test_each_set_is_read_by_its_name(tmp_path):
    path = tmp_path / "rooms" / "references.npz"
    with pytest.raises(UserError, match="run diffrep references --dataset rooms"):
        references.read_references(path, references.OTHER_SET)
    found = references.reference_features(DATA, 5, seed=0, device=torch.device("cpu"))
    write_arrays(path, found)
    for side in (references.REFERENCE_SET, references.OTHER_SET):
        read = references.read_references(path, side)
        assert list(read) == ["own"]
        np.testing.assert_array_equal(read["own"], found[f"own_{side}"])
