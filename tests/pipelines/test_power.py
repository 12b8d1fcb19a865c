"""`diffrep power`: what it prints of results, as asked."""

import numpy as np
import pytest

from diffrep.metrics.power import paired_power, seeds_needed, smallest_difference, welch_power
from diffrep.pipelines import power
from diffrep.pipelines.core.errors import UserError
from diffrep.reports.pages import sure_page
from diffrep.reports.rows.power import Goal


@pytest.fixture
def tree(results_tree, monkeypatch):
    """alpha and gamma are trained with a spread of 0.1, beta is constant and the reference."""
    results_tree.methods.append("gamma")
    results_tree.reference = "beta"
    for seed in (0, 1, 2):
        results_tree.anchor("noise", "probe", seed, average_precision=0.125, average_precision_colour=0.1)
        results_tree.put("gamma", "train", seed, steps=40)
        results_tree.put("gamma", "probe", seed, average_precision=0.4 + 0.1 * seed)
    monkeypatch.chdir(results_tree.root)
    monkeypatch.setattr(power, "study_of", lambda params: results_tree.study)
    return results_tree


def printed(capsys, *metrics, **goal):
    power.power(None, metrics, Goal(**goal))
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def line_of(lines, index=0):
    return [words for words in lines if words[:1] == ["average_precision"]][index]


def test_smallest_differences_are_of_two_methods_and_of_a_constant_reference(tree, capsys):
    expected = [
        smallest_difference(test, 0.1, 3, level=level)
        for test in (welch_power, paired_power)
        for level in (0.05, 0.025)
    ]
    found = line_of(printed(capsys))
    assert found == ["average_precision", "0.1000", *(f"{x:.4f}" for x in expected[:2]), "Welch", *(
        f"{x:.4f}" for x in expected[2:]
    )]  # fmt: skip


def test_seeds_are_of_the_difference_between_the_best_two(tree, capsys):
    needed = [seeds_needed(welch_power, 0.1, 0.1, level=level) for level in (0.05, 0.025)]
    assert line_of(printed(capsys), 1) == ["average_precision", "0.1000", "alpha", "and", "gamma", *map(str, needed)]


def test_the_tables_are_those_of_the_page(tree, capsys):
    tree.methods.append("delta")  # takes no step, and stands on another model with every seed
    for seed in (0, 1, 2):
        tree.put("delta", "train", seed, steps=None, notes={"stands_on": {"base": f"model {seed}"}})
        tree.put("delta", "probe", seed, average_precision=(0.1, 0.5, 0.9)[seed])
    [line] = sure_page.section(tree.gathered()[0], tree.study)["power"]
    assert line.sd == pytest.approx(np.sqrt((0.01 + 0.01 + 0.16) / 3))
    assert line_of(printed(capsys))[1:] == [power.text(line.sd, line), *power.smallest(line)]


def test_a_difference_and_seeds_can_be_asked_of(tree, capsys):
    lines = printed(capsys, "average_precision", difference=0.02, seeds=10, power=0.9)
    assert "what 10 seeds find in 90% of all cases" in " ".join(lines[0])
    needed = seeds_needed(welch_power, 0.02, 0.1, power=0.9)
    assert line_of(lines, 1)[:5] == ["average_precision", "0.0200", "as", "asked", f"{needed:,}"]


def test_any_metric_of_the_results_can_be_asked_of(tree, capsys):
    for name in ("alpha", "gamma"):
        for seed in (0, 1, 2):
            tree.put(name, "probe", seed, auroc=0.5 + 0.1 * seed)
    assert any(words[:2] == ["auroc", "0.1000"] for words in printed(capsys, "auroc"))


@pytest.mark.parametrize(
    ("name", "hint"), [("average_precison", "did you mean 'average_precision'"), ("steps", "there are average_p")]
)
def test_an_unknown_metric_is_told(tree, name, hint):
    with pytest.raises(UserError, match=f"no metric '{name}' with a better side in the results: {hint}"):
        power.power(None, (name,), Goal())


def test_nothing_to_say_is_said(tree, capsys):
    tree.seeds = [0]
    assert "nothing to say" in " ".join(printed(capsys)[0])
