"""Figures over the time of noise: drawn where there is something to draw, from what, and alike."""

import pytest
from results_tree import unrendered

from diffrep.reports.drawing import over_time

PNG = b"\x89PNG"
LOSSES = ("attribute_loss", "two_image_loss")
LOSS = {"half_lost_side": 300.0, "half_lost_hue": None, "twin_distance_side": 2.0, "twin_distance_hue": 9.0}
LOSS |= {f"{loss}_{name}_t{t}": t / 2000 for loss in LOSSES for name in ("side", "hue") for t in (0, 999)}
FIGURES = {
    "denoising": lambda tree: over_time.denoising(tree.rows),
    "attribute-loss": lambda tree: over_time.attribute_loss(tree.results),
    "times": lambda tree: over_time.precision_over_times(tree.rows),
}


@pytest.fixture
def full(results_tree):
    """alpha denoises and has codes of three times; twins were measured."""
    for seed in (0, 1, 2):
        errors = {f"denoise_error_{code}_t{t}": 0.01 for code in ("own", "shuffled", "mean") for t in (0, 99, 999)}
        curve = {f"times_ap_{i}": (0.1, 0.4, 0.3)[i] + seed / 100 for i in range(3)}
        results_tree.put("alpha", "encode", seed, code_use=0.5, **errors, **curve)
    results_tree.share("attribute_loss", **LOSS)
    return results_tree


@pytest.mark.parametrize("name", FIGURES)
def test_drawn_where_there_is_something_to_draw_and_alike(full, name):
    drawn = FIGURES[name](full)
    assert drawn.startswith(PNG)
    assert FIGURES[name](full) == drawn


@pytest.mark.parametrize("name", FIGURES)
def test_not_drawn_otherwise(results_tree, name):
    assert FIGURES[name](results_tree) is None


def test_all_are_written_and_stand_on_the_page_with_captions(full):
    with unrendered():
        folder = full.build()
    page = "".join(path.read_text() for path in (folder / "questions").iterdir())
    for name in FIGURES:
        assert (folder / "figures" / f"squares-{name}.png").read_bytes().startswith(PNG)
        assert f'<figure class="{name}">' in page


def test_curves_are_in_the_order_of_time(full):
    alpha = full.rows[0]
    assert over_time.curve(alpha.scores, "denoise_error_own_t")[0] == [0, 99, 999]
    assert over_time.curve(alpha.scores, "times_ap_") == ([0, 1, 2], pytest.approx([0.11, 0.41, 0.31]))


def test_the_times_of_high_noise_are_those_of_the_results(full):
    pictures = [over_time.denoising(full.rows)]
    for start in (500, 99):
        for seed in (0, 1, 2):
            full.put("alpha", "train", seed, code_use_from=start)
        pictures.append(over_time.denoising(full.rows))
    assert len(set(pictures)) == 3


def test_factors_are_in_the_order_of_their_loss(full):
    assert list(over_time.lost_order(full.results)) == ["side", "hue"]


def test_the_time_that_factors_took_is_a_shared_cost(full):
    assert "attribute_loss,shared" in full.files()["tables/squares-cost.csv"]


def test_twins_that_nobody_measured_cost_nothing(results_tree):
    results_tree.share("attribute_loss", attribute_loss=None)
    assert "attribute_loss" not in results_tree.files()["tables/squares-cost.csv"]
