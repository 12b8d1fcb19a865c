"""settings.json beside the weights: what made them, with defaults, and what they stand on."""

import pytest
from tiny_cells import COMMITTED, ROOMS, SHAPE, cell
from torch import nn

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.trained.adapters import adapter_class
from diffrep.pipelines.trained.cells import settings_hash
from diffrep.pipelines.trained.pretrained import checksum
from diffrep.pipelines.trained.record import StoodOn, read_record, resolved

SECTIONS = {
    name: {key: value for key, value in section.items() if key not in ("adapter", "training")}
    for name, section in COMMITTED["methods"].items()
}


class Theirs(nn.Module):
    """A method with defaults that JSON has none of."""

    def __init__(self, image_shape, *, width: int, activation=nn.functional.relu, limit: float = float("inf")):
        super().__init__()


def test_it_holds_what_made_the_weights(studied, study_params):
    found = read_record(cell("pdae").weights, "")
    assert (found.settings_hash, found.dataset, found.method, found.seed, found.adapter) == (
        *(settings_hash(study_params, cell("pdae")), ROOMS, "pdae", 0, "pdae"),
    )
    assert (found.image_shape, found.data_sha256) == (SHAPE, Prepared(cell("pdae").shared.data).checksum)
    assert found.arguments.items() >= {"code_dim": 4}.items()
    assert found.chosen is None


def test_what_it_stands_on_is_named_from_its_own_folder(studied):
    found = read_record(cell("pdae").weights, "").needs
    assert found == {"base": StoodOn("../../base/0", checksum("base", cell("pdae").repeat.base))}
    assert (cell("pdae").weights / found["base"].folder / "card.json").exists()
    assert read_record(cell("pca").weights, "").needs == {}


@pytest.mark.parametrize("name", SECTIONS)
def test_arguments_come_back_with_their_defaults(name):
    cls = adapter_class(COMMITTED["methods"][name].get("adapter", name))
    found = resolved(cls, name, SECTIONS[name])
    given = arguments(cls, name, SECTIONS[name])
    assert found.keys() == given.keys()
    assert arguments(cls, name, found) == given


def test_defaults_that_json_has_none_of_stay_with_the_class():
    assert resolved(Theirs, "theirs", {"width": 3}) == {"width": 3}
