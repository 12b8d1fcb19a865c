"""When a row was worked on: by its files where they were made, by the commits in a clone."""

import os
import subprocess

import pytest
from tracked_tree import CELLS, DATASET, fill, seal, settings, study

from diffrep.pipelines.tracking.rows import run_contents

MADE, COMMITTED = 1_700_000_000.0, 1_700_100_000  # seconds since 1970


@pytest.fixture
def root(tmp_path):
    """A tree whose cell was trained and then, 100 s later, probed; each in 6 s, as all its other stages."""
    fill(tmp_path)
    for stage, after in (("train", 0), ("reconstruct", 50), ("counterfactual", 60), ("probe", 100)):
        os.utime(tmp_path / CELLS[0].results(stage) / "result.json", (MADE + after, MADE + after))
    return tmp_path


def span(root):
    content = run_contents(study(), root, settings)[DATASET][0]
    return content.began, content.ended


def git(root, *words):
    who = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
    when = {"GIT_COMMITTER_DATE": f"{COMMITTED} +0000", "GIT_AUTHOR_DATE": f"{COMMITTED} +0000"}
    subprocess.run(["git", *who, *words], cwd=root, env={**os.environ, **when}, check=True, capture_output=True)


def committed(root):
    git(root, "init")
    git(root, "add", "results")
    git(root, "commit", "-m", "results")


def test_a_cell_began_before_its_first_stage_ended_and_ended_with_its_last(root):
    assert span(root) == (MADE - 6, MADE + 100)


def test_committing_it_changes_nothing(root):
    committed(root)
    assert span(root) == (MADE - 6, MADE + 100)


def test_in_a_clone_it_ended_by_its_commit_and_took_what_its_stages_took(root):
    committed(root)
    git(root, "clone", ".", "clone")
    assert span(root / "clone") == (COMMITTED - 4 * 6, COMMITTED)


def test_what_is_made_anew_in_a_clone_is_as_old_as_its_file(root):
    committed(root)
    git(root, "clone", ".", "clone")
    for stage in ("train", "reconstruct", "counterfactual", "probe"):
        path = root / "clone" / CELLS[0].results(stage) / "result.json"
        path.write_text(path.read_text() + " ")
        seal(path.parent)
        os.utime(path, (COMMITTED + 500, COMMITTED + 500))
    assert span(root / "clone") == (COMMITTED + 494, COMMITTED + 500)
