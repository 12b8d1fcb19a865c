"""Which metrics and numbers a word stands for, the one line for a word that none has, and costs in words."""

import pytest

from diffrep.metrics.catalogue import METRICS, REFERENCE
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.choice import about, chosen, costs


def test_tables_and_names_are_added_up():
    every = [name for name, metric in METRICS.items() if "factors" in metric.of]
    default = list(chosen("default", "factors", "standard"))
    assert {"factor_vae", "mig", "dci"} <= set(default)
    assert "dci_permutation" not in default
    assert sorted([*default, *chosen("extended", "factors", "standard")]) == sorted(every)
    assert (
        list(chosen("all", "factors", "standard")) == list(chosen("default,extended", "factors", "standard")) == every
    )
    assert list(chosen("default", "factors", "quick"))[:3] == ["factor_vae", "mig", "dci_permutation"]
    assert chosen("dci_completeness, mig", "factors", "quick") == {
        "mig": ["mig", "mig_quantile"],
        "dci": ["dci_completeness"],
    }


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("migg,mig", "no metric 'migg': did you mean 'mig'?"),
        ("factorvae", "no metric 'factorvae': did you mean 'factor_vae'?"),
        ("dci_disentanglemnt", "no metric 'dci_disentanglemnt': did you mean 'dci_disentanglement'?"),
        ("mig,", "no metric '': there are "),
        ("auroc", "auroc is of attributes and this file holds factors: name the arrays for what they are"),
    ],
)
def test_a_wrong_word_is_one_line(asked, line):
    with pytest.raises(UserError) as caught:
        chosen(asked, "factors", "quick")
    assert str(caught.value).startswith(line)


def test_costs_are_told_of_what_takes_long_and_of_what_was_asked_beside_the_default():
    assert costs(chosen("mig", "factors", "standard"), REFERENCE, "standard") == []
    (line,) = costs(chosen("default,sap", "factors", "standard"), REFERENCE, "standard")
    assert line == "expected on one thread: dci 10 s, sap under 2 s"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.1, "under 2 s"), (45, "45 s"), (300, "5 minutes"), (11520, "3 hours")]
)
def test_costs_in_words(seconds, words):
    assert about(seconds) == words
