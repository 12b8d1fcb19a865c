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
