"""The contract of a metric: every one of the catalogue keeps it, and each way of breaking it is told."""

import pytest
from click.testing import CliRunner

from diffrep.metrics.catalogue import METRICS
from diffrep.pipelines.cli import cli
from diffrep.pipelines.contract.metric import PROMISES, contract_of_metric
from diffrep.pipelines.contract.promises import title

SLOW = ("dci_es", "dci_forest", "sample_efficiency", "dci_permutation")  # seconds each, and no other kind

GOOD = """
def told(train_codes, train_factors, test_codes, test_factors, *, seed=0):
    return {"told": min(1.0, abs(test_codes).mean())}
"""
BROKEN = {
    "numbers are those it names": "def told(codes):\n    return {'other': 1}\n",
    "same arguments same numbers": "import random\n\n\ndef told(codes):\n    return {'told': random.random()}\n",
    "arrays stay as they are": "def told(codes):\n    codes[0] = 0\n    return {'told': 1}\n",
    "numbers lie in their range": "def told(codes):\n    return {'told': 2}\n",
    "one dimension is enough": "def told(codes):\n    return {'told': 0.0 * codes[:, 1].mean()}\n",
}
NAMED = """
from diffrep.metrics.catalogue import Number

told.numbers = (Number("told", "told", "", "up", 3, "0 to 1", "near 0", "What is told."),)
"""


@pytest.fixture
def written(tmp_path, monkeypatch, request):
    """What writes a module of one's own, of a new name each time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names = iter(f"of_one_{abs(hash(request.node.name))}_{i}" for i in range(9))

    def write(text: str) -> str:
        name = next(names)
        (tmp_path / f"{name}.py").write_text(text + NAMED)
        return f"{name}:told"

    return write


@pytest.mark.parametrize("name", [name for name in METRICS if name not in SLOW])
def test_ours_keep_it(name, capsys):
    assert contract_of_metric(name), capsys.readouterr().out


def test_the_command_tells_every_promise_in_an_empty_folder(written):
    path = written(GOOD)
    done = CliRunner().invoke(cli, ["contract", path])
    lines = done.output.splitlines()
    assert done.exit_code == 0, done.output
    assert [line[:32].rstrip() for line in lines[:-1]] == [title(promise) for promise in PROMISES]
    assert lines[-1] == f"{path} keeps the contract"


@pytest.mark.parametrize("promise", BROKEN)
def test_a_broken_promise_is_told(written, promise):
    done = CliRunner().invoke(cli, ["contract", written(BROKEN[promise])])
    failed = [line[:32].rstrip() for line in done.output.splitlines() if " failed " in line]
    assert done.exit_code == 1
    assert promise in failed


def test_what_is_no_metric_is_one_line(written):
    done = CliRunner().invoke(cli, ["contract", written("def told(images):\n    return {}\n")])
    assert "takes (images) and not codes; or codes, factors;" in str(done.exception)


def test_chance_stands_beside_what_noise_scores(capsys):
    contract_of_metric("mig")
    assert "mig 0.0034 (stated: near 0)" in capsys.readouterr().out
