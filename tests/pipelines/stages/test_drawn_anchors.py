"""The stage drawn_anchors on tiny rooms: a rotation and noise for one seed, of the size of the grid's codes."""

from tiny_edits import ROOMS, result, run

from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.paths import Repeat
from diffrep.pipelines.evaluation.anchors import noise_codes


def test_noise_is_as_large_as_the_codes_of_the_grid(rooms, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "diffrep.pipelines.evaluation.anchors.noise_codes",
        lambda n, dims, seed: drawn.append(dims) or noise_codes(n, dims, seed=seed),
    )
    write_card(ROOMS.code_size, {"code_size": 7})
    repeat = Repeat(ROOMS.dataset, 1)
    run(rooms, "drawn_anchors", repeat)
    assert drawn == [7, 7, 7]
    assert {path.name for path in repeat.anchors.iterdir()} == {"rotation", "noise"}
    assert result(repeat.anchor("noise", "probe"))["seed"] == 1


def test_codes_are_drawn_by_the_seeds_of_evaluation_and_repeat_in_this_order(rooms, monkeypatch):
    seeds = []
    monkeypatch.setattr(
        "diffrep.pipelines.evaluation.anchors.drawn_codes", lambda data, size, *two: seeds.extend(two) or {}
    )
    write_card(ROOMS.code_size, {"code_size": 7})
    evaluate = rooms.evaluate.model_copy(update={"seed": 7})
    run(rooms.model_copy(update={"evaluate": evaluate}), "drawn_anchors", Repeat(ROOMS.dataset, 1))
    assert seeds == [7, 1]
