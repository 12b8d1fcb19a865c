"""No file that is read can have anything executed, be it where a pickle is expected and its sum the right one.

Those in the place of checkpoints: training/test_checkpoints.py; of a study's own files: mistakes/test_files.py.
"""

import hashlib
import json
import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from tiny_cells import ROOMS, SHAPE, cell

from diffrep.datasets.files.sums import seal
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.inception import inception_features
from diffrep.metrics.images.lpips import lpips
from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.cards import said, write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.running.lockfile import keep_entries
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.trained.cells import load

MARK = Path("executed")
IMAGES = np.zeros((1, 3, 32, 32))
PYTHON_TAG = "stages: !!python/object/apply:os.mkdir [executed]\n"


class Hostile:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (str(MARK),)


def by_torch(path):
    torch.save({"codes": Hostile()}, path)


def by_pickle(path):
    path.write_bytes(pickle.dumps({"codes": Hostile()}))


def by_numpy(path):
    np.savez(path, codes=np.array([Hostile()], dtype=object), factors=np.zeros((1, 1), int))


def by_tag(path):
    path.write_text(PYTHON_TAG)


def of_lpips(path):
    lpips(IMAGES, IMAGES, weights=path)


def of_inception(path):
    inception_features(IMAGES.transpose(0, 2, 3, 1), weights=path)


def of_efficientnet(path):
    effnet_lite0.network.__wrapped__()


def of_codes(path):
    read_code_file(path)


def of_lock(path):
    keep_entries(path, [])


def of_contract(path):
    subject({}, "diffrep.methods.pca:PCA", path, 16, 1)


@pytest.mark.parametrize(
    ("hostile", "name", "read"),
    [
        (by_torch, "weights.pth", of_lpips),
        (by_pickle, "weights.pth", of_lpips),
        (by_torch, "weights.pth", of_inception),
        (by_pickle, "weights.pth", of_inception),
        (by_torch, "weights.pth", of_efficientnet),
        (by_pickle, "weights.pth", of_efficientnet),
        (by_numpy, "codes.npz", of_codes),
        (by_pickle, "codes.npz", of_codes),
        (by_pickle, "codes.npy", of_codes),
        (by_torch, "codes.pt", of_codes),
        (by_pickle, "codes.pt", of_codes),
        (by_tag, "dvc.lock", of_lock),
        (by_tag, "settings.yaml", of_contract),
    ],
)
def test_nothing_in_a_file_is_executed(tmp_path, monkeypatch, hostile, name, read):
    """The sums of weights are taken for right."""
    monkeypatch.chdir(tmp_path)
    hostile(tmp_path / name)
    for module in (sys.modules[lpips.__module__], sys.modules[inception_features.__module__]):
        monkeypatch.setattr(module, "checked_file", lambda path, **_: path)
    monkeypatch.setattr(effnet_lite0, "_weights", lambda: tmp_path / name)
    with suppress(Exception):  # most refuse the file, a lock is then dropped
        read(tmp_path / name)
    assert not MARK.exists()


@pytest.mark.parametrize("hostile", [by_torch, by_pickle])
def test_nor_in_weights_whose_card_vouches_for_them(project, study_params, hostile):
    settings = cell("random").weights / "settings.json"
    hostile(settings.with_name("weights.safetensors"))
    write_card(settings, said(read_json(settings)), of=settings.parent)
    with pytest.raises((UserError, SafetensorError), match="does not fit the method"):
        load(study_params, cell("random"), SHAPE)
    assert not MARK.exists()


@pytest.mark.parametrize("name", ["images.npy", "splits.npz"])
def test_nor_in_data_whose_card_vouches_for_them(project, name):
    path = Shared(ROOMS).data / name
    path.write_bytes(pickle.dumps(Hostile()))
    card = json.loads((path.parent / "card.json").read_text())
    card.pop("sha256")
    content = path.read_bytes()
    card["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (path.parent / "card.json").write_text(json.dumps({**card, "sha256": seal(card)}))
    with pytest.raises(ValueError, match="pickled"):
        Prepared(path.parent)
    assert not MARK.exists()
