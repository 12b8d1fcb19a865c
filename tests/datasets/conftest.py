"""Fixtures of several files of this folder."""

import numpy as np
import pytest
from celeba_files import BY_NAME, FILES, FLAGS, PARTS
from face_files import (
    attributes_text,
    folder_of,
    put,
)


@pytest.fixture
def put_in(tmp_path):
    """The three files, with the tables' rows in another order than the pictures'; and the settings that read them."""
    turned = np.arange(9)[::-1]
    folder_of(tmp_path / "img_align_celeba", BY_NAME)
    put(tmp_path / "list_attr_celeba.txt", attributes_text([FILES[n] for n in turned], FLAGS[turned]))
    put(tmp_path / "list_eval_partition.txt", "".join(f"{FILES[n]} {PARTS[n]}\n" for n in np.roll(turned, 4)))
    return {
        "pictures": str(tmp_path / "img_align_celeba"),
        "attributes": str(tmp_path / "list_attr_celeba.txt"),
        "partition": str(tmp_path / "list_eval_partition.txt"),
        "crop": "d2c",
        "size": 128,
        "resampling": "bilinear",
        "splits": "official",
        "train": 0,
        "valid": 0,
        "test": 0,
        "seed": 0,
    }
