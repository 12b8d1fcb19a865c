"""A training learns from the train split, is watched on the valid split, and is known by all that decides it."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_training import MACHINE, OPTIMISER

from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.training.training import count, ended, training

SHADES = {"train": 0, "valid": 255, "test": 51}  # of the images of each split
ROWS = {"train": np.arange(20), "valid": np.arange(20, 35), "test": np.arange(35, 50)}
IMAGES = np.zeros((50, 2, 2, 1), np.uint8)
for split, shade in SHADES.items():
    IMAGES[ROWS[split]] = shade
DATA = SimpleNamespace(splits=ROWS, checksum="ab12")
ARRAYS = (IMAGES, np.arange(50))


class Shade(torch.nn.Module):
    """Its loss is the mean of the images that it is shown, whatever it has learnt."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.register_buffer("fixed", torch.zeros(3))

    def loss(self, images, rows):
        return images.mean() + 0 * self.weight.sum()


OTHER_MACHINES = (
    *({"device": "gpu"}, {"devices": 2}, {"nodes": 2}, {"precision": "bf16-mixed"}, {"threads": 2}),
    *({"compile": True}, {"channels_last": True}),
)


def test_tied_weights_are_counted_once():
    network = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 4))
    network[1].weight = network[0].weight
    network.loss = None
    assert count(network) == {"parameters": 24, "parameters_trained": 24}


def asked(folder, monkeypatch=None, **changed):
    """A training of four steps; with a monkeypatch, what the trainer would get."""
    known = {"settings": OPTIMISER, "machine": MACHINE, "steps": 4, "seed": 5, "data": DATA} | changed
    identity = known.pop("identity", {"network": 1})
    if monkeypatch:
        found = SimpleNamespace()
        monkeypatch.setattr(
            "diffrep.pipelines.training.fit.fit",
            lambda net, train, valid, *_, **others: vars(found).update(train=train, valid=valid, **others) or found,
        )
    return training(Shade(), ARRAYS, partial=folder, identity=identity, title="shade", **known)


def test_it_learns_from_the_train_split_and_is_watched_on_the_valid_split(tmp_path):
    summary = asked(tmp_path).summary(4)
    assert (summary["train_loss"], summary["valid_loss"]) == (-1, 1)


def test_held_out_images_are_drawn_in_an_order_of_their_own(tmp_path, monkeypatch):
    found = asked(tmp_path, monkeypatch)
    assert [batches.rows.tolist() for batches in (found.train, found.valid)] == [
        ROWS["train"].tolist(),
        ROWS["valid"].tolist(),
    ]
    assert (found.train.seed, found.valid.seed, found.seed) == (5, mixed_seed(5, 1), 5)
    assert (found.train.arrays, found.valid.arrays) == (ARRAYS, ARRAYS)


def other_machine(**changed):
    return MACHINE.model_copy(update=changed)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"steps": 5}, True),
        ({"seed": 6}, True),
        ({"settings": OPTIMISER.model_copy(update={"ema_decay": 0.5})}, True),
        ({"data": SimpleNamespace(splits=ROWS, checksum="cd34")}, True),
        ({"identity": {"network": 2}}, True),
        *(({"machine": other_machine(**change)}, True) for change in OTHER_MACHINES),
        ({"machine": other_machine(workers=2)}, False),
    ],
)
def test_a_checkpoint_is_known_by_what_decides_the_weights(tmp_path, monkeypatch, changed, counts):
    one, other = asked(tmp_path, monkeypatch), asked(tmp_path, monkeypatch, **changed)
    assert (one.identity != other.identity) == counts


def test_checkpoints_go_when_it_has_ended_and_may_be_gone_before(tmp_path):
    (tmp_path / "partial").mkdir()
    ended(tmp_path / "partial")
    ended(tmp_path / "partial")
    assert not list(tmp_path.iterdir())


def test_what_a_network_keeps_and_what_a_loss_trains_are_counted():
    frozen = Shade()
    frozen.weight.requires_grad_(False)
    control = torch.nn.Linear(2, 1)
    assert count(Shade()) == {"parameters": 4, "parameters_trained": 1}
    assert count(frozen) == {"parameters": 4, "parameters_trained": 0}
    assert count(control) == {"parameters": 3, "parameters_trained": 0}
