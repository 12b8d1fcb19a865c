"""Linear probes of painted bands: one for each factor that the oracle reads, found where the band is."""

import numpy as np
import painted
import pytest

from diffrep.metrics.edits.directions import top_dims
from diffrep.pipelines.edits.factor_probes import PROBE_ROWS, factor_probes, masked, probe_rows


@pytest.mark.parametrize("bands", [(0, 1, 2), (2,), (2, 0)])
def test_each_factor_of_the_oracle_has_its_own_probe(bands):
    probes = factor_probes(painted.session(), painted.oracle(*bands))
    assert [top_dims(probe.weights, 1).tolist() for probe in probes] == [[band] for band in bands]
    assert all(probe.weights.shape == (painted.VALUES, painted.BANDS) for probe in probes)


def test_a_masked_probe_has_weights_where_the_band_is_and_keeps_its_centres():
    session, oracle = painted.session(mask_dims=1), painted.oracle()
    probes = factor_probes(session, oracle)
    for band, (probe, own) in enumerate(zip(masked(session, oracle, probes), probes, strict=True)):
        assert np.abs(probe.weights).sum(0).argmax() == band
        assert ((probe.weights != 0).sum(1) <= 2).all()
        np.testing.assert_array_equal(probe.centres, own.centres)


def test_probes_are_fitted_on_training_rows():
    session, data = painted.session(), painted.data()
    codes, values, sizes = probe_rows(session, painted.oracle(1))
    assert len(codes) <= PROBE_ROWS
    np.testing.assert_array_equal(codes, session.codes["train"])
    np.testing.assert_array_equal(values, data.factors[data.splits["train"]][:, [1]])
    assert sizes == [painted.VALUES]
