"""The stage counterfactual on tiny rooms: edits are judged, and what cannot be judged is told."""

import numpy as np
import pytest
from tiny_edits import ACCURACY, PCA, RANDOM, ROOMS, result, run

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.edits.protocol import score_names


def test_the_edits_of_a_cell_are_judged(encoded_rooms):
    with np.load(ROOMS.references) as sets:
        known = {name: sets[name][:9] if name.endswith("other") else sets[name] for name in sets.files}
    write_arrays(ROOMS.references, known)  # so that distances to the other set would be refused
    run(encoded_rooms, "counterfactual", PCA)
    found = result(PCA.results("counterfactual"))
    assert set(score_names(encoded_rooms.evaluate.counterfactual, Prepared(ROOMS.data))) <= set(found)
    assert found["factors_judged"] == 6
    assert found["notes"]["left_out"] == {}
    assert found["notes"]["ranges"] == {}
    assert set(found["notes"]["oracle_fails"]) <= set(ACCURACY)
    assert (PCA.pictures("counterfactual") / "main.png").exists()
    with np.load(PCA.arrays("counterfactual")) as arrays:
        assert len(arrays["assigned_by_truth"]) == 6


def test_a_method_without_a_decoder_has_the_same_names_and_says_why(encoded_rooms):
    run(encoded_rooms, "counterfactual", RANDOM)
    found = result(RANDOM.results("counterfactual"))
    names = score_names(encoded_rooms.evaluate.counterfactual, Prepared(ROOMS.data))
    assert all(found[name] is None for name in names)
    assert found["reasons"] == dict.fromkeys(names, "not applicable: an untrained encoder decodes nothing")
    assert not list(RANDOM.pictures("counterfactual").iterdir())


@pytest.mark.parametrize(("least", "left_out"), [(0.95, {"floor_hue": 0.9, "orientation": 0.5}), (0.5, {})])
def test_the_oracles_accuracy_is_demanded_where_it_is_asked(encoded_rooms, least, left_out):
    settings = encoded_rooms.evaluate.counterfactual.model_copy(update={"oracle_accuracy": least})
    evaluate = encoded_rooms.evaluate.model_copy(update={"counterfactual": settings})
    run(encoded_rooms.model_copy(update={"evaluate": evaluate}), "counterfactual", PCA)
    found = result(PCA.results("counterfactual"))
    assert found["notes"]["left_out"] == left_out
    assert found["factors_judged"] == 6 - len(left_out)


class OpenedError(Exception):
    """The session is open: what follows is tested elsewhere."""


def test_a_session_has_the_codes_of_the_default_view_and_the_seed_of_the_evaluation(encoded_rooms, monkeypatch):
    asked = {}

    def noting(name, answer):
        monkeypatch.setattr(
            f"diffrep.pipelines.edits.session.{name}", lambda *given: asked.update({name: given}) or answer()
        )

    def opened():
        raise OpenedError

    noting("chosen_parts", lambda: [(3,)])
    noting("open_session", opened)
    with np.load(PCA.codes) as arrays:
        own = {f"own_{split}": arrays[f"z_{split}"] for split in SPLITS}
        others = {f"z_{split}": np.zeros_like(arrays[f"z_{split}"]) for split in SPLITS}
    write_arrays(PCA.codes, own | others)
    with pytest.raises(OpenedError):
        run(encoded_rooms, "counterfactual", PCA)
    evaluate = encoded_rooms.evaluate
    _, valid, _, *told = asked["chosen_parts"]
    np.testing.assert_array_equal(valid, own["own_valid"])
    assert told == [evaluate.counterfactual, evaluate.seed]
    _, _, codes, parts, *told, decoder = asked["open_session"]
    for split in SPLITS:
        np.testing.assert_array_equal(codes[split], own[f"own_{split}"])
    assert (parts, told) == ([(3,)], [evaluate.counterfactual, evaluate.seed])
    assert decoder.batch_size == evaluate.batch_size
