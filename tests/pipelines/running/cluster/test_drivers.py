"""A folder has one driver of a cluster or any number of plain runs, never both: either would run the other's stages."""

import pytest
from local_queue import LocalQueue

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.engine import repro_on
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.cluster.printed import print_scripts
from diffrep.pipelines.running.driver import only_driver, plain_driver
from diffrep.pipelines.running.repro import repro

RUNS = {
    "plain": lambda params: repro(params, 1),
    "cluster": lambda params: repro_on(LocalQueue(), params, Cluster(), lambda gpu, dataset: {}, look=0.1),
    "print": lambda params: print_scripts(params, lambda gpu, dataset: {}, ()),
}


@pytest.mark.parametrize("kind", ["cluster", "print"])
@pytest.mark.parametrize("held", [only_driver, plain_driver])
def test_a_clusters_driver_is_alone(project, kind, held):
    with (
        held(),
        pytest.raises(UserError, match=r"^another diffrep repro is at work in this folder \(runs/"),
    ):
        RUNS[kind](project)


def test_a_plain_run_does_not_start_beside_a_clusters_driver(project):
    with only_driver(), pytest.raises(UserError, match=r"^a diffrep repro --engine slurm is at work in this folder"):
        RUNS["plain"](project)


def test_plain_runs_are_beside_each_other(project, capsys):
    with plain_driver():
        RUNS["plain"](project)
    assert "6 of 6 stages ran" in capsys.readouterr().out


def test_a_driver_that_has_ended_holds_nothing(project):
    with pytest.raises(KeyError), only_driver():
        raise KeyError
    RUNS["plain"](project)
