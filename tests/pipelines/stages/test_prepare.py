"""A data set is prepared from its own section."""

import numpy as np
from tiny_cells import ROOMS

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.trained.adapters import data_source


def test_what_is_on_disk_is_what_the_source_draws(studied, study_params):
    data, source = Prepared(Shared(ROOMS).data), data_source(study_params, ROOMS)
    rows = np.arange(0, len(source), 29)
    np.testing.assert_array_equal(data.images[rows], source.images(rows))
    np.testing.assert_array_equal(data.factors[rows], source.factors(rows))
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 64, "valid": 40, "test": 40}
    assert data.image_shape == (3, 16, 16)
