"""The stage references on tiny rooms: two sets of features, as large as asked, of images that differ."""

import numpy as np
import torch
from tiny_edits import IMAGES, ROOMS, result, run

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.edits.references import reference_features


def test_features_of_real_images_are_written_with_their_number(rooms):
    run(rooms, "references", ROOMS)
    assert result(ROOMS.results("references"))["n_images"] == IMAGES
    with np.load(ROOMS.references) as sets:
        found = dict(sets)
    assert set(found) == {f"effnet_lite0_{side}" for side in ("reference", "other")}
    assert {len(features) for features in found.values()} == {IMAGES}
    assert not np.isclose(*found.values()).all(1).any()


def test_the_images_are_drawn_by_the_seed_of_the_evaluation(rooms):
    run(rooms, "references", ROOMS)
    expected = reference_features(Prepared(ROOMS.data), IMAGES, rooms.evaluate.seed, torch.device("cpu"))
    with np.load(ROOMS.references) as sets:
        assert set(sets.files) == set(expected)
        for name in expected:
            np.testing.assert_allclose(sets[name], expected[name], rtol=1e-4, atol=1e-5)
