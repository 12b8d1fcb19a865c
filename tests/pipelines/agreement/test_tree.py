"""A tree of results, read: names of nested values, repeats of a file, and the spread over them."""

import json
from pathlib import Path

import pytest

from diffrep.pipelines.agreement.tree import flat, read_tree, repeats_of
from diffrep.pipelines.core.errors import UserError

PLACE = Path("squares", "alpha")


def put(root, file, **content):
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(json.dumps(content))


def test_nested_values_are_named_by_their_way():
    content = {"ap": 1, "none": None, "told": True, "notes": {"kept": [0.5, {"x": "y"}], "empty": {}}}
    assert list(flat(content)) == [
        ("ap", 1.0),
        ("none", None),
        ("told", "True"),
        ("notes.kept[0]", 0.5),
        ("notes.kept[1].x", "y"),
    ]


def test_what_made_a_number_is_left_out_where_it_stands_at_the_top():
    assert list(flat({"torch": "2.13", "threads": 1, "notes": {"torch": "2.13"}})) == [("notes.torch", "2.13")]


def test_repeats_differ_in_the_seed_alone():
    probe = {"dataset": "squares", "method": "alpha", "stage": "probe"}
    contents = {
        Path("a"): probe | {"seed": 0},
        Path("b"): probe | {"seed": 1},
        Path("c"): probe | {"seed": 0, "view": "mean"},
        Path("d"): probe | {"seed": 0, "method": "beta"},
    }
    both = [Path("a"), Path("b")]
    assert repeats_of(contents) == {Path("a"): both, Path("b"): both, Path("c"): [Path("c")], Path("d"): [Path("d")]}


def test_a_tree_holds_views_but_no_costs_and_nothing_that_stands_apart(tmp_path):
    folder = PLACE / "0" / "probe"
    put(tmp_path, folder / "result.json", ap=0.5, torch="2.13")
    put(tmp_path, folder / "mean.json", ap=0.25, torch="2.14")
    put(tmp_path, folder / "cost.json", wall_seconds=3)
    put(tmp_path, PLACE / "pictures" / "main.rows.json", rows=["image"])
    tree = read_tree(tmp_path)
    assert tree.values == {folder / "mean.json": {"ap": 0.25}, folder / "result.json": {"ap": 0.5}}
    assert tree.made_by["torch"] == {"2.13", "2.14"}
    assert tree.made_by["threads"] == {"None"}


def test_the_spread_is_the_standard_deviation_of_the_numbers_that_are_there(tmp_path):
    for seed, score in enumerate((1.0, 3.0, None)):
        put(tmp_path, PLACE / str(seed) / "result.json", method="alpha", seed=seed, ap=score, told=seed or "nothing")
    tree, file = read_tree(tmp_path), PLACE / "0" / "result.json"
    assert tree.spread(file, "ap") == pytest.approx(2**0.5)
    assert tree.spread(file, "seed") == 1.0
    assert tree.spread(file, "told") == pytest.approx(0.5**0.5)
    assert tree.spread(file, "not there") is None


def test_a_folder_without_results_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"is no tree of results: no file below it is called result\.json"):
        read_tree(tmp_path)


@pytest.mark.parametrize(("text", "words"), [("[1]", "a JSON list, not an object"), ('{"a', "is not whole JSON")])
def test_a_damaged_result_is_one_line(tmp_path, text, words):
    put(tmp_path, PLACE / "result.json")
    (tmp_path / PLACE / "result.json").write_text(text)
    with pytest.raises(UserError, match=words):
        read_tree(tmp_path)
