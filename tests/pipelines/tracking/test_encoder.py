"""The trained encoder as MLflow's model."""

import numpy as np
import pytest
import torch
import yaml
from tracked_tree import CELLS, write

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.encoder import Encoder, _load_pyfunc, reference
from diffrep.pipelines.tracking.store import RunKey

KEY = RunKey("squares", "pdae", 0, "ab")
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 4, 4, 3), np.uint8)


class Means(torch.nn.Module):
    """Of each channel; and of all, as another view."""

    def encode(self, images):
        return {"z": images.mean((2, 3)), "grey": images.mean((1, 2, 3))[:, None]}


@pytest.fixture
def means():
    return Encoder(Means(), (3, 4, 4), batch_size=2)


def test_codes_are_the_first_view_of_all_images(means):
    codes = means.predict(IMAGES)
    assert (codes.shape, codes.dtype) == ((5, 3), np.float32)
    np.testing.assert_allclose(codes, IMAGES.mean((1, 2)) / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize("images", [IMAGES[:, :2], IMAGES / 255, IMAGES.transpose(0, 3, 1, 2), IMAGES[:0], IMAGES[0]])
def test_other_images_are_refused_in_one_line(means, images):
    with pytest.raises(ValueError, match=r"was given: images \[n, 4, 4, 3\] uint8, n at least 1 would do"):
        means.predict(images)


def test_the_file_names_the_cell_and_holds_no_weights(tmp_path):
    write(tmp_path / CELLS[0].weights / "settings.json", {"sha256": "of the weights"})
    model = yaml.safe_load(reference(KEY, tmp_path))
    assert model["flavors"]["python_function"]["loader_module"] == "diffrep.pipelines.tracking.encoder"
    cell = {"root": str(tmp_path), "dataset": "squares", "method": "pdae", "seed": 0}
    assert model["flavors"]["python_function"]["config"] == cell
    assert model["metadata"] == {"weights": "of the weights"}


@pytest.mark.parametrize("key", [KEY, RunKey("squares", "noise", 0, "ab", "anchor")])
def test_without_weights_there_is_no_model(tmp_path, key):
    assert reference(key, tmp_path) == ""


def test_a_workspace_that_is_gone_is_told(tmp_path):
    cell = {"root": str(tmp_path / "gone"), "dataset": "squares", "method": "pdae", "seed": 0}
    with pytest.raises(UserError, match=r"gone, which trained this model, is not here: name it by model_config="):
        _load_pyfunc(str(tmp_path), cell)
