"""A workspace is copied from the checkout that one stands in, or from that of the code which runs."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from tiny_cells import ROOT

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.running import workspace as module
from diffrep.pipelines.running.pipeline_file import pipeline_file
from diffrep.pipelines.running.workspace import INSTALLED, WATCHED, params_text, source, workspace

PACKAGES = sorted({name.partition("/")[0] for name in WATCHED})


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


def test_of_a_checkout_it_has_what_dvc_watches_and_nothing_else(elsewhere):
    workspace(params_text("smoke"), elsewhere / "new")
    files = {path.relative_to(elsewhere / "new") for path in (elsewhere / "new").rglob("*") if path.is_file()}
    settings = {".dvc", ".dvcignore", ".gitignore", "dvc.yaml", "params.yaml"}
    assert {path.parts[0] for path in files} == {*PACKAGES, *settings}
    assert {path.parts[1] for path in files if path.parts[0] == "reports"} == {
        *("__init__.py", "drawing", "findings", "machines", "pages", "published", "reading", "rows", "templates")
    }
    whole = stages.load("report")
    read = {Path("reports", name) for name in ("templates", "published", "machines")}
    assert read <= set(whole.reads(whole.place()))


def test_what_git_keeps_of_a_workspace_becomes_one_again(elsewhere):
    kept = elsewhere / "clone" / "results" / "squares" / "pca" / "0" / "probe" / "result.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    with pytest.raises(UserError, match="is not empty and no workspace of ours: name another folder"):
        workspace(params_text("smoke"), elsewhere / "clone")
    (elsewhere / "clone" / "dvc.lock").write_text("schema: '2.0'\n")
    workspace(params_text("smoke"), elsewhere / "clone")
    assert (elsewhere / "clone" / "dvc.lock").read_text() == "schema: '2.0'\n"
    assert kept.read_text() == "{}"
    assert (elsewhere / "clone" / ".dvc" / "config").exists()


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        *((path, True) for path in ("params.yaml", "dvc.lock", "results/squares/pca/0/probe/result.json")),
        *((f"reports/{name}/squares/a.csv", True) for name in ("tables", "figures", "pictures", "metrics", "curves")),
        *((path, False) for path in ("dvc.yaml", ".dvcignore", ".gitignore", ".dvc/config", "mlflow.db")),
        *((path, False) for path in ("runs/a", "data/a", "methods/pca.py", "reports/__init__.py", "reports/rows/a.py")),
        *((f"reports/{path}", False) for path in ("index.html", "questions/a.html", "templates/a.html")),
        *((f"results/squares/pca/0/{path}", False) for path in ("arrays/probe.npz", "pictures/reconstruct/main.png")),
        ("results/squares/pictures/prepare/contact.png", False),
    ],
)
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")
def test_of_the_references_workspaces_git_keeps_what_runs_have_made(path, kept):
    command = ["git", "check-ignore", "-q", "--no-index", f"reports/reference/rooms/{path}"]
    assert (subprocess.run(command, cwd=ROOT, check=False).returncode == 1) is kept


@pytest.mark.parametrize("name", ["rooms", "faces", "correlated"])
def test_the_committed_params_of_a_reference_are_its_profile(name):
    committed = ROOT / "reports" / "reference" / name / "params.yaml"
    if not committed.exists():
        pytest.skip("not run yet")
    assert committed.read_text() == params_text(f"reference_{name}")


def test_at_the_top_of_a_checkout_it_is_that_one(elsewhere):
    subprocess.run(["git", "init", "-q"], check=True)
    (elsewhere / ".dvc").mkdir()
    (elsewhere / ".dvc" / "config").touch()
    (elsewhere / "dvc.yaml").write_text("stages: {}\n")
    assert source() == elsewhere
    workspace("mine: 1\n", elsewhere / "new")
    assert (elsewhere / "new" / "dvc.yaml").read_text() == "stages: {}\n"
    assert not (elsewhere / "new" / "pipelines").exists()


@pytest.fixture
def copied(elsewhere, monkeypatch):
    """The package as a wheel installs it: the folders, and nothing of a checkout beside them."""
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "tables", "figures", "reference", "fashion_mnist_archive")
        shutil.copytree(INSTALLED / name, elsewhere / "diffrep" / name, ignore=ignored)
    monkeypatch.setattr(module, "INSTALLED", elsewhere / "diffrep")
    return elsewhere / "diffrep"


def test_from_the_installed_package_it_has_all_that_the_stages_watch(copied, elsewhere):
    (copied / "methods" / "__pycache__").mkdir()
    (copied / "methods" / "__pycache__" / "pca.pyc").touch()
    workspace(params_text("smoke"), elsewhere / "new")
    new = elsewhere / "new"
    assert (new / "dvc.yaml").read_text() == pipeline_file()
    assert (new / "methods" / "pca.py").read_bytes() == (copied / "methods" / "pca.py").read_bytes()
    assert not list(new.rglob("__pycache__"))
    whole = stages.load("code")
    assert [path for path in whole.reads(whole.place()) if not (new / path).exists()] == []
    assert (new / ".dvc" / "config").exists()


def test_called_again_it_keeps_the_runs_and_brings_what_changed(copied, elsewhere):
    workspace(params_text("smoke"), elsewhere / "new")
    (elsewhere / "new" / "runs").mkdir()
    (copied / "methods" / "pca.py").write_text("changed\n")
    workspace(params_text("default"), elsewhere / "new")
    assert (elsewhere / "new" / "runs").is_dir()
    assert (elsewhere / "new" / "methods" / "pca.py").read_text() == "changed\n"
    assert (elsewhere / "new" / "params.yaml").read_text() == (ROOT / "params.yaml").read_text()


def test_the_default_profile_is_the_committed_grid():
    assert (ROOT / "pipelines" / "profiles" / "default.yaml").read_text() == (ROOT / "params.yaml").read_text()


def test_what_git_says_of_a_checkout_is_passed_on(elsewhere):
    (elsewhere / ".git").mkdir()
    (elsewhere / "dvc.yaml").touch()
    with pytest.raises(UserError, match="a workspace is copied from a git checkout: fatal: not a git repository"):
        workspace("", elsewhere / "new")
    assert not (elsewhere / "new").exists()


def test_a_profile_changes_the_keys_that_it_names_and_keeps_all_others_with_their_comments():
    text, default = params_text("reference_correlated"), parsed_settings((ROOT / "params.yaml").read_text(), "default")
    found = parsed_settings(text, "profile")
    assert found["datasets"]["faces_drawn"]["joint"]["pairs"][0]["strength"] == 0.9
    assert found["budgets"]["faces_drawn"]["method"] > default["budgets"]["faces_drawn"]["method"]
    assert found["budgets"]["faces_drawn"]["autoencoder"] == default["budgets"]["faces_drawn"]["autoencoder"]
    assert all(found[name] == default[name] for name in ("base", "oracle", "train", "methods", "machine"))
    assert "# images to choose by" in text
    assert text.startswith("# The reference run on drawn faces")


def test_a_profile_that_names_every_section_is_the_whole_file():
    assert params_text("smoke") == (ROOT / "pipelines" / "profiles" / "smoke.yaml").read_text()
