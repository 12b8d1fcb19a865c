"""Our variants stand in the words of the printed ones, so that equal ones are equal texts."""

import pytest
from results_tree import EVALUATE

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.reading.published import published
from diffrep.reports.rows.variants import FORMS, variant_of


def test_every_number_is_of_the_catalogue():
    assert FORMS.keys() <= CATALOGUE.keys()


@pytest.mark.parametrize(
    "metric", ["dci_disentanglement", "dci_completeness", "factor_vae", "mig", "mse_inferred_start", "mse_random_start"]
)
def test_the_published_settings_give_a_printed_variant(metric):
    ours = variant_of(metric, EVALUATE, {"n_train": 10000.0})
    assert ours in {row.variant for row in published().numbers if row.metric == metric}


def test_fewer_rows_than_asked_for_are_another_variant():
    assert variant_of("mig", EVALUATE, {"n_train": 5000.0}) == "20 equal bins, 5,000 rows"


@pytest.mark.parametrize("metric", ["ssim_inferred_start", "average_precision", "target_r", "target_mse"])
def test_where_the_suite_goes_its_own_way_no_printed_variant_is_ours(metric):
    ours = variant_of(metric, EVALUATE, {"n_train": 10000.0})
    assert ours not in {row.variant for row in published().numbers}
