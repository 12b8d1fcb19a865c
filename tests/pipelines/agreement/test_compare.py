"""Two made-up trees of results: every difference found, and set beside the spread over seeds."""

import json
import shutil
from pathlib import Path

import pytest

from diffrep.pipelines.agreement.compare import compare, summary
from diffrep.pipelines.agreement.differences import Agreement, agreement
from diffrep.pipelines.agreement.tree import read_tree
from diffrep.pipelines.core.errors import UserError

PROBE = Path("squares", "alpha", "0", "probe", "result.json")
ORACLE = Path("squares", "oracle", "result.json")
SCORES = (0.5, 0.6, 0.7)  # of the seeds: their standard deviation is 0.1


def put(root: Path, file: Path, **content) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | content))


@pytest.fixture
def trees(tmp_path):
    """A tree of three seeds of a probe with a view, and an oracle; and a copy of it."""
    first = tmp_path / "first"
    for seed, score in enumerate(SCORES):
        identity = {"dataset": "squares", "method": "alpha", "seed": seed, "stage": "probe", "torch": "2.13"}
        folder = PROBE.parents[2] / str(seed) / "probe"
        notes = {"views": ["mean"], "kept": {"x": 1}}
        put(first, folder / "result.json", **identity, ap=score, none=None, n_test=8, reasons={}, notes=notes)
        put(first, folder / "mean.json", **identity, view="mean", ap=score / 2)
        put(first, folder / "cost.json", wall_seconds=30.0 + seed)
    put(first, ORACLE, dataset="squares", stage="oracle", accuracy=0.9)
    shutil.copytree(first, tmp_path / "second")
    return first, tmp_path / "second"


def found(trees) -> Agreement:
    return agreement(*map(read_tree, trees))


def test_a_copy_agrees(trees, capsys):
    assert compare(*trees)
    words = capsys.readouterr().out
    assert words.startswith("Of ")
    assert words.endswith("values, all are the same.\n")


def test_every_value_is_compared_but_what_made_it(trees):
    assert found(trees).compared == 3 * (4 + 3 + 2) + 3 * (4 + 2) + 3


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.59, "within"), (0.41, "within"), (0.61, "beyond"), (0.39, "beyond"), (None, "not a number")],
)
def test_a_number_is_held_against_the_spread_over_the_first_trees_seeds(trees, value, verdict):
    put(trees[1], PROBE, ap=value)
    (difference,) = found(trees).differences
    assert (difference.file, difference.name, difference.first, difference.second) == (PROBE, "ap", 0.5, value)
    assert difference.spread == pytest.approx(0.1)
    assert difference.verdict == verdict


def test_the_seeds_of_a_view_are_its_own(trees):
    put(trees[1], PROBE.with_name("mean.json"), ap=0.27)
    (difference,) = found(trees).differences
    assert difference.spread == pytest.approx(0.05)
    assert difference.verdict == "within"


def test_seeds_that_agree_to_the_digit_leave_no_room(trees):
    put(trees[1], PROBE, n_test=9)
    (difference,) = found(trees).differences
    assert (difference.spread, difference.verdict) == (0.0, "beyond")


def test_of_one_seed_no_spread_is_known(trees, capsys):
    put(trees[1], ORACLE, accuracy=0.8999)
    assert not compare(*trees)
    words = " ".join(capsys.readouterr().out.split())
    assert "accuracy 0.9 0.8999 -0.0001 no spread known" in words
    assert "1 differ: 1 no spread known." in words


@pytest.mark.parametrize(
    ("change", "name", "first", "second"),
    [
        ({"reasons": {"fid": "not applicable: no weights"}}, "reasons.fid", None, "not applicable: no weights"),
        ({"notes": {"views": ["mean"], "kept": {"x": 2}}}, "notes.kept.x", 1.0, 2.0),
        ({"notes": {"views": ["last"], "kept": {"x": 1}}}, "notes.views[0]", "mean", "last"),
        ({"params_hash": "ab"}, "params_hash", None, "ab"),
        ({"none": 0.5}, "none", None, 0.5),
        ({"extra": True}, "extra", None, "True"),
    ],
)
def test_notes_and_reasons_are_compared_too(trees, change, name, first, second):
    put(trees[1], PROBE, **change)
    (difference,) = found(trees).differences
    assert (difference.name, difference.first, difference.second) == (name, first, second)


def test_another_version_is_told_and_is_no_difference(trees, capsys):
    put(trees[1], PROBE, torch="2.14")
    assert compare(*trees)
    assert "made by another torch: 2.13/None and 2.13/2.14/None" in capsys.readouterr().out


def test_costs_are_not_compared(trees):
    put(trees[1], PROBE.with_name("cost.json"), wall_seconds=99.0)
    assert found(trees).complete


def test_files_of_one_tree_alone_are_named(trees, capsys):
    (trees[1] / ORACLE).unlink()
    put(trees[1], Path("squares", "alpha", "3", "probe", "result.json"), ap=0.5)
    assert not compare(*trees)
    words = capsys.readouterr().out
    assert f"only in {trees[0]}: {ORACLE}" in words
    assert f"only in {trees[1]}: squares/alpha/3/probe/result.json" in words
    assert words.endswith("2 files stand in one tree alone.\n")


def test_the_summary_counts_every_kind(trees):
    put(trees[1], PROBE, ap=0.55, n_test=9, none="text")
    put(trees[1], ORACLE, accuracy=0.8)
    assert summary(found(trees)) == (
        "Of 48 values, 4 differ: 1 within spread, 1 beyond spread, 1 no spread known, 1 no number."
    )


def test_a_bracket_in_a_name_is_no_markup(trees, capsys):
    put(trees[1], PROBE, **{"[bold]": "[red]"})
    assert not compare(*trees)
    assert "[bold] - [red] no number" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("which", [0, 1])
def test_a_folder_without_results_is_one_line(trees, tmp_path, which):
    empty = tmp_path / "empty"
    pair = [*trees]
    pair[which] = empty
    with pytest.raises(UserError, match=r"empty is no tree of results: no file below it is called result\.json"):
        compare(*pair)
