"""Arguments of metrics that a person sets: taken where a metric has them, and one line where not."""

import pytest

from diffrep.metrics.catalogue import METRICS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.arguments import keywords, set_arguments

METRICS_HERE = ("tad", "sap_r2", "dci", "factor_vae", "info_mec", "dci_lasso", "beta_vae", "probe")


@pytest.fixture
def parameters():
    return {name: keywords(METRICS[name], "standard", True, 3) for name in METRICS_HERE}


def test_the_command_and_the_preset_say_what_a_metric_is_called_with(parameters):
    assert parameters["tad"] == {"compat": True, "thresholds": 101}
    assert parameters["dci"] == {"rounds": 100, "compat": True, "seed": 3}
    assert keywords(METRICS["factor_vae"], "quick", False, 0)["train_votes"] == 2000


def test_an_argument_is_set(parameters):
    set_arguments(parameters, ["tad.thresholds=11", "dci.rounds=5"])
    assert (parameters["tad"]["thresholds"], parameters["dci"]["rounds"]) == (11, 5)


def test_columns_are_set(parameters):
    set_arguments(parameters, ["dci_lasso.categorical=[0, 2]"])
    assert parameters["dci_lasso"]["categorical"] == (0, 2)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("false", False)])
def test_words_are_read_as_in_params_yaml(parameters, text, value):
    set_arguments(parameters, [f"info_mec.quantised={text}"])
    assert parameters["info_mec"]["quantised"] is value


COUNTS = [
    f"{name}.{argument}"
    for name, metric in METRICS.items()
    for argument, now in keywords(metric, "standard", False, 1).items()
    if argument != "seed" and type(now) is int
]


@pytest.mark.parametrize("path", COUNTS)
@pytest.mark.parametrize("value", [0, -1])
def test_a_count_below_its_least_is_one_line(path, value):
    name = path.partition(".")[0]
    with pytest.raises(UserError, match=rf"^--set {path}={value}: {path} must be [12] or more$"):
        set_arguments({name: keywords(METRICS[name], "standard", False, 1)}, [f"{path}={value}"])


def test_an_argument_set_twice_is_one_line(parameters):
    with pytest.raises(UserError, match=r"^--set dci.rounds=6: dci.rounds is set twice: keep one$"):
        set_arguments(parameters, ["dci.rounds=5", "tad.thresholds=5", "dci.rounds=6"])


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
        ("tad.thresholds=1:30", "'1:30' is no int"),
        ("tad.thresholds=1", "tad.thresholds must be 2 or more"),
        ("factor_vae.batch_size=1", "factor_vae.batch_size must be 2 or more"),
        ("info_mec.quantised=yes", "'yes' is no bool, as False is"),
        ("dci_lasso.categorical=2", r"'2' is no list of columns, such as \[0, 2\]"),
        ("dci_lasso.categorical=[-1]", "is no list of columns"),
        ("dci_lasso.categorical=[shape]", "is no list of columns"),
    ],
)
def test_what_cannot_be_set_is_one_line(parameters, word, told):
    with pytest.raises(UserError, match=told):
        set_arguments(parameters, [word])
