"""Arguments of metrics that a person sets: taken where a metric has them, and one line where not."""

import pytest

from diffrep.metrics.catalogue import METRICS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.arguments import keywords, set_arguments


@pytest.fixture
def parameters():
    return {name: keywords(METRICS[name], "standard", True, 3) for name in ("tad", "sap_r2", "dci", "factor_vae")}


def test_the_command_and_the_preset_say_what_a_metric_is_called_with(parameters):
    assert parameters["tad"] == {"compat": True, "thresholds": 101}
    assert parameters["dci"] == {"rounds": 100, "compat": True, "seed": 3}
    assert keywords(METRICS["factor_vae"], "quick", False, 0)["train_votes"] == 2000


def test_an_argument_is_set(parameters):
    set_arguments(parameters, ["tad.thresholds=11", "dci.rounds=5"])
    assert (parameters["tad"]["thresholds"], parameters["dci"]["rounds"]) == (11, 5)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("thresholds=11", "is not METRIC.ARGUMENT=VALUE"),
        ("tad.thresholds", "is not METRIC.ARGUMENT=VALUE"),
        ("tda.thresholds=11", "tda is no metric: did you mean 'tad'"),
        ("mig.bins=10", "mig is not measured here"),
        ("tad.threshold=11", "tad has no argument 'threshold': did you mean 'thresholds'"),
        ("dci.seed=1", "dci has no argument 'seed': there are rounds"),
        ("tad.thresholds=many", "'many' is no int, as 101 is"),
        ("tad.thresholds=1.5", "'1.5' is no int"),
        ("tad.thresholds=true", "'true' is no int"),
        ("tad.thresholds=[", r"'\[' is no int"),
    ],
)
def test_what_cannot_be_set_is_one_line(parameters, word, told):
    with pytest.raises(UserError, match=told):
        set_arguments(parameters, [word])
