"""The page beside a cell's weights."""

import pytest
from tiny_cells import cell

import diffrep
from diffrep.pipelines.trained.record import read_record


def page(method):
    return (cell(method).weights / "README.md").read_text()


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("pdae", ("[arXiv:2212.12990](https://arxiv.org/abs/2212.12990)", "2 steps, 16 images", "in `../../base/0`")),
        ("pdae", ("# `pdae` on `shapes3d_rendered`, seed 0", "images = cell.decode(codes)", "images of 16 x 16 in 3")),
        ("pca", ("principal components", "Training: a fit in closed form", "results/shapes3d_rendered/pca/0")),
        ("random", ("Training: none", "# no decode: an untrained encoder decodes nothing")),
    ],
)
def test_it_says_what_the_weights_are_and_how_to_open_them(studied, method, words):
    assert [word for word in words if word not in page(method)] == []
    assert read_record(cell(method).weights, "").data_sha256 in page(method)


def test_notes_that_are_added_to_it_harm_nothing(project):
    with (cell("random").weights / "README.md").open("a") as file:
        file.write("Used in the second figure.\n")
    assert diffrep.load(cell("random").weights).code_size == 4
