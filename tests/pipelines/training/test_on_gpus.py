"""What a training asks for on GPUs, which are not here: seen by a trainer that only notes it."""

from types import SimpleNamespace

import pytest
from tiny_training import IMAGES, network, train

from diffrep.pipelines.training import fit


class AskedError(Exception):
    """What the trainer was made with, and what it was given to fit."""

    def __init__(self, **asked):
        self.asked = SimpleNamespace(**asked)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """asked(**machine): what a training on such a machine asks of Lightning."""

    class Noting:
        is_global_zero = True

        def __init__(self, **made):
            self.made, self.global_rank, self.world_size = made, 0, made["devices"] * made["num_nodes"]

        def fit(self, task, loader, held_out, **_):
            raise AskedError(**self.made, task=task, loader=loader, held_out=held_out)

    def asked(**machine):
        monkeypatch.setattr(fit.pl, "Trainer", Noting)
        with pytest.raises(AskedError) as caught:
            train(tmp_path, network(), machine=machine)
        return caught.value.asked

    return asked


@pytest.mark.parametrize(
    ("device", "devices", "nodes", "together"),
    [("gpu", 1, 1, False), ("gpu", 2, 1, True), ("gpu", 1, 2, True), ("cpu", 2, 1, False)],
)
def test_batch_norm_sees_the_images_of_all_gpus(asked, device, devices, nodes, together):
    """torch's own refuses CPUs, so there each process has its own."""
    assert asked(device=device, devices=devices, nodes=nodes).sync_batchnorm == together


def test_small_data_lies_on_the_gpu_and_rows_travel(asked):
    found = asked(device="gpu")
    assert found.task.arrays[0] is IMAGES
    (rows,) = found.loader.dataset[0]
    assert rows.shape == (4,)
    assert found.loader.pin_memory
    assert found.held_out.pin_memory


def test_large_data_travels_as_bytes_from_pinned_memory(asked, monkeypatch):
    monkeypatch.setattr(fit, "RESIDENT", IMAGES.nbytes - 1)
    found = asked(device="gpu", workers=2)
    assert found.task.arrays == ()
    assert found.loader.dataset[0][0].dtype.itemsize == 1
    assert (found.loader.pin_memory, found.loader.persistent_workers) == (True, True)


def test_on_a_cpu_nothing_is_pinned_or_moved(asked):
    found = asked(device="cpu")
    assert found.task.arrays == ()
    assert not found.loader.pin_memory


@pytest.mark.parametrize("tries", [True, False])
def test_cudnn_tries_its_convolutions_as_the_settings_say(asked, tries):
    assert asked(device="gpu", cudnn_benchmark=tries).benchmark is tries
