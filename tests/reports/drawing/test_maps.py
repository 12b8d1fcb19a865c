"""Maps of what parts tell: blocks are means over seeds, tokens those of the first; drawn where there are any."""

import pytest
from results_tree import unrendered

from diffrep.pipelines.core.paths import part_map
from diffrep.reports.drawing import maps

MAP = "part,first,end,hue,side\n"


def put_map(tree, method, stage, seed, *lines):
    path = part_map(tree.put(method, stage, seed).parent)
    path.write_text(MAP + "".join(line + "\n" for line in lines))
    tree.seal()
    return path


@pytest.fixture
def full(results_tree):
    """alpha has blocks with times, beta has tokens."""
    for seed in (0, 1, 2):
        for stage in ("probe", "disentangle"):
            put_map(results_tree, "alpha", stage, seed, "block 0,0,500,0.1,0.9", "block 1,500,1000,0.8,0.2")
            put_map(results_tree, "beta", stage, seed, "token 0,,,0.1,0.9", "token 1,,,0.8,")
    return results_tree


def drawn(tree, stage):
    return maps.part_maps(tree.results, tree.rows, stage, {})


@pytest.mark.parametrize("stage", ["probe", "disentangle"])
def test_drawn_where_there_is_something_to_draw_and_alike(full, stage):
    png = drawn(full, stage)
    assert png.startswith(b"\x89PNG")
    assert drawn(full, stage) == png


def test_not_drawn_otherwise(results_tree):
    assert drawn(results_tree, "probe") is None


def test_both_are_written_and_stand_on_the_page_with_captions(full):
    with unrendered():
        folder = full.build()
    for name, question in (("factor-map", "disentangled"), ("attribute-map", "told")):
        assert (folder / "figures" / f"squares-{name}.png").exists()
        assert f'<figure class="{name}">' in (folder / "questions" / f"{question}.html").read_text()


def test_blocks_are_means_over_seeds_and_tokens_those_of_the_first(full):
    put_map(full, "alpha", "probe", 2, "block 0,0,500,0.4,0.9", "block 1,500,1000,0.8,0.2")
    put_map(full, "beta", "probe", 2, "token 0,,,0.5,0.5", "token 1,,,0.5,0.5")
    blocks, tokens = (maps.read_map(full.results, method, "probe") for method in ("alpha", "beta"))
    assert blocks["hue"].tolist() == pytest.approx([0.2, 0.8])
    assert tokens["hue"].tolist() == [0.8, 0.1]
    assert list(tokens.index) == ["token 1", "token 0"]


def test_a_bad_map_is_named(full):
    path = put_map(full, "alpha", "probe", 0)
    path.write_text("part,hue\na,1\n")
    full.seal()
    with pytest.raises(ValueError, match=rf"{path}.*no column 'end'"):
        drawn(full, "probe")
