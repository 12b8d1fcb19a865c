"""The command `diffrep score`: its words reach the scores, and what cannot be scored is one line."""

import json
import sys

import pytest
from click.testing import CliRunner
from codes_files import GOOD, saved, two_parts

from diffrep.metrics.catalogue import METRICS
from diffrep.pipelines.cli import cli
from diffrep.pipelines.cli import run as main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to be in: no params.yaml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_its_words_reach_the_scores(folder):
    saved(folder, **two_parts(cut=4000))
    words = ["score", "mine.npz", "--metrics", "mig", "--preset", "quick", "--seed", "5", "--json", "out.json"]
    done = CliRunner().invoke(cli, [*words, "--compat", "disentanglement_lib"], catch_exceptions=False)
    assert done.exit_code == 0
    record = json.loads((folder / "out.record.json").read_text())
    assert (record["preset"], record["seed"], record["compat"]) == ("quick", 5, "disentanglement_lib")
    assert set(json.loads((folder / "out.json").read_text())) == {"mig", "mig_quantile"}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("missing.npz",), "missing.npz is missing: write it with np.savez("),
        (("mine.npz", "--metrics", "migg,mig"), "no metric 'migg': did you mean 'mig'?"),
        (("mine.npz", "--json", "mine.npz"), "--json mine.npz would write over the codes in mine.npz: give another"),
    ],
)
def test_what_cannot_be_scored_is_one_line(folder, capfd, monkeypatch, words, line):
    saved(folder, **GOOD)
    monkeypatch.setattr(sys, "argv", ["diffrep", "score", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert str(caught.value).startswith(f"diffrep: error: {line}")
    assert capfd.readouterr().out == ""


def test_help_names_every_metric():
    words = CliRunner().invoke(cli, ["score", "--help"], terminal_width=110).output
    assert [name for name in METRICS if name not in words] == []
