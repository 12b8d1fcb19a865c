"""A workspace is copied from the checkout that one stands in, or from that of the code which runs."""

import subprocess

import pytest
import yaml
from tiny_cells import ROOT

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running import workspace as module
from diffrep.pipelines.running.workspace import checkout, params_text, workspace


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder of a person's, that is no checkout."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("repository", [False, True])
def test_from_anywhere_it_is_the_code_that_runs(elsewhere, repository):
    if repository:
        subprocess.run(["git", "init", "-q"], check=True)
    workspace(params_text("smoke"), elsewhere / "new")
    assert (elsewhere / "new" / "dvc.yaml").read_bytes() == (ROOT / "dvc.yaml").read_bytes()
    assert yaml.safe_load((elsewhere / "new" / "params.yaml").read_text())["grid"]
    assert not (elsewhere / "new" / "results").exists()


def test_at_the_top_of_a_checkout_it_is_that_one(elsewhere):
    subprocess.run(["git", "init", "-q"], check=True)
    (elsewhere / ".dvc").mkdir()
    (elsewhere / ".dvc" / "config").touch()
    (elsewhere / "dvc.yaml").write_text("stages: {}\n")
    assert checkout() == elsewhere
    workspace("mine: 1\n", elsewhere / "new")
    assert (elsewhere / "new" / "dvc.yaml").read_text() == "stages: {}\n"
    assert not (elsewhere / "new" / "pipelines").exists()


def test_code_that_was_installed_by_copying_is_no_checkout(elsewhere, monkeypatch):
    monkeypatch.setattr(module, "INSTALLED", elsewhere)
    with pytest.raises(UserError, match=f"{elsewhere}, where the installed code lies, is none; run this at the top of"):
        workspace("", elsewhere / "new")
    assert not (elsewhere / "new").exists()
