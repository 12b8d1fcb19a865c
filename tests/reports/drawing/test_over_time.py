"""Figures over the time of noise and maps of parts: drawn where there is something to draw, from what, and alike."""

import json

import pytest

from diffrep.reports import maps, over_time
from diffrep.reports.build import build
from diffrep.reports.load import grid_of, load, tidy
from diffrep.reports.scores import rows_of

PNG = b"\x89PNG"
MAP = "part,first,end,hue,side\n"
KINDS = ("attribute_loss", "two_image_loss")
LOSS = {"half_lost_side": 300.0, "half_lost_hue": None, "twin_distance_side": 2.0, "twin_distance_hue": 9.0}
LOSS |= {f"{kind}_{name}_t{t}": t / 2000 for kind in KINDS for name in ("side", "hue") for t in (0, 999)}


def put_map(tree, method, stage, seed, lines):
    path = tree.path(method, stage, seed).with_suffix(".parts.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MAP + "".join(line + "\n" for line in lines))
    return path


@pytest.fixture
def full(results_tree):
    """alpha denoises, has blocks with times and codes of three times; beta has tokens; twins were measured."""
    for seed in (0, 1, 2):
        errors = {f"denoise_error_{code}_t{t}": 0.01 for code in ("own", "shuffled", "mean") for t in (0, 99, 999)}
        curve = {f"times_ap_{i}": (0.1, 0.4, 0.3)[i] + seed / 100 for i in range(3)}
        results_tree.put("alpha", "encode", seed, code_use=0.5, **errors, **curve)
        for stage in ("probe", "disentangle"):
            put_map(results_tree, "alpha", stage, seed, ["block 0,0,500,0.1,0.9", "block 1,500,1000,0.8,0.2"])
            put_map(results_tree, "beta", stage, seed, ["token 0,,,0.1,0.9", "token 1,,,0.8,"])
    folder = results_tree.root / "results" / "squares" / "anchors"
    shared = {"preset": "quick", "data_sha256": "ab12", "wall_seconds": 6.0}
    (folder / "attribute_loss.json").write_text(json.dumps(shared | LOSS))
    return results_tree


def rows(tree):
    return rows_of(tidy(load(tree.root, tree.params)), "squares", grid_of(tree.params))


FIGURES = {
    "denoising": lambda tree: over_time.denoising(rows(tree)),
    "attribute-loss": lambda tree: over_time.attribute_loss(load(tree.root, tree.params)),
    "times": lambda tree: over_time.precision_over_times(rows(tree)),
    "factor-map": lambda tree: maps.part_maps(tree.root, "squares", (0, 1, 2), rows(tree), "disentangle", {}),
    "attribute-map": lambda tree: maps.part_maps(tree.root, "squares", (0, 1, 2), rows(tree), "probe", {}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_drawn_where_there_is_something_to_draw(full, name):
    assert FIGURES[name](full).startswith(PNG)


@pytest.mark.parametrize("name", FIGURES)
def test_not_drawn_otherwise(results_tree, name):
    assert FIGURES[name](results_tree) is None


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_results_are_the_same_bytes(full, name):
    assert FIGURES[name](full) == FIGURES[name](full)


def test_all_are_written_and_stand_on_the_page_with_captions(full):
    build(full.root, full.root / "reports", full.params)
    page = (full.root / "reports" / "index.html").read_text()
    for name in FIGURES:
        assert (full.root / "reports" / "figures" / f"squares-{name}.png").read_bytes().startswith(PNG)
        assert f'<figure class="{name}">' in page


def test_curves_are_in_the_order_of_time(full):
    alpha = rows(full)[0]
    assert over_time.curve(alpha.scores, "denoise_error_own_t")[0] == [0, 99, 999]
    assert over_time.curve(alpha.scores, "times_ap_") == ([0, 1, 2], pytest.approx([0.11, 0.41, 0.31]))


def test_the_times_of_high_noise_are_those_of_the_results(full):
    pictures = [over_time.denoising(rows(full))]
    for start in (500, 99):
        full.put("alpha", "train", 0, code_use_from=start)
        pictures.append(over_time.denoising(rows(full)))
    assert len(set(pictures)) == 3


def test_factors_are_in_the_order_of_their_loss(full):
    assert list(over_time.lost_order(load(full.root, full.params))) == ["side", "hue"]


def test_the_page_says_why_there_is_no_loss_of_factors(results_tree):
    reason = "not applicable: these are photographs"
    shared = {"preset": "quick", "data_sha256": "ab12", "wall_seconds": 0.1}
    path = results_tree.root / "results" / "squares" / "anchors" / "attribute_loss.json"
    path.write_text(json.dumps(shared | {"attribute_loss": None, "reasons": {"attribute_loss": reason}}))
    build(results_tree.root, results_tree.root / "reports", results_tree.params)
    reports = results_tree.root / "reports"
    assert f"No figure of when noise takes each factor: {reason}." in (reports / "index.html").read_text()
    assert "attribute_loss" not in (reports / "tables" / "squares-cost.csv").read_text()


def test_the_time_that_factors_took_is_a_shared_cost(full):
    build(full.root, full.root / "reports", full.params)
    assert "attribute_loss,shared" in (full.root / "reports" / "tables" / "squares-cost.csv").read_text()


@pytest.mark.parametrize(("text", "message"), [("", "no readable CSV"), ("part,hue\na,1\n", "no column 'end'")])
def test_a_bad_map_is_named(full, text, message):
    path = full.path("alpha", "probe", 0).with_suffix(".parts.csv")
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"{path}.*{message}"):
        FIGURES["attribute-map"](full)


def test_blocks_are_means_over_seeds_and_tokens_those_of_the_first(full):
    put_map(full, "alpha", "probe", 2, ["block 0,0,500,0.4,0.9", "block 1,500,1000,0.8,0.2"])
    put_map(full, "beta", "probe", 2, ["token 0,,,0.5,0.5", "token 1,,,0.5,0.5"])
    blocks, tokens = (maps.read_map(full.root, "squares", method, "probe", (0, 1, 2)) for method in ("alpha", "beta"))
    assert blocks["hue"].tolist() == pytest.approx([0.2, 0.8])
    assert tokens["hue"].tolist() == [0.8, 0.1]
    assert list(tokens.index) == ["token 1", "token 0"]
