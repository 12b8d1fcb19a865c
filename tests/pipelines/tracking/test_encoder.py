"""The trained encoder as MLflow's model."""

import numpy as np
import pytest
import yaml
from tracked_tree import CELLS, write

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.encoder import Encoder, _load_pyfunc, reference
from diffrep.pipelines.tracking.store import RunKey

KEY = RunKey("squares", "pdae", 0, "ab")
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 4, 4, 3), np.uint8)


class Cell:
    """A cell whose codes are the mean of each channel."""

    def encode(self, images):
        return images.mean((1, 2))


def test_what_it_predicts_are_the_codes_of_the_cell():
    np.testing.assert_array_equal(Encoder(Cell()).predict(IMAGES, params={}), IMAGES.mean((1, 2)))


def test_the_file_names_the_cell_and_holds_no_weights(tmp_path):
    write(tmp_path / CELLS[0].weights / "settings.json", {"sha256": "of the weights"})
    model = yaml.safe_load(reference(KEY, tmp_path))
    assert model["flavors"]["python_function"]["loader_module"] == "diffrep.pipelines.tracking.encoder"
    assert model["flavors"]["python_function"]["config"] == {"folder": str(tmp_path / CELLS[0].weights)}
    assert model["metadata"] == {"weights": "of the weights"}


@pytest.mark.parametrize("key", [KEY, RunKey("squares", "noise", 0, "ab", "anchor")])
def test_without_weights_there_is_no_model(tmp_path, key):
    assert reference(key, tmp_path) == ""


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(UserError, match=r"gone, whose weights are this model's, is not here: name it by model_config="):
        _load_pyfunc(str(tmp_path), {"folder": str(tmp_path / "gone")})
