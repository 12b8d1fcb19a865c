"""The noise of a training: drawn from seed and step alone, new at every step, the same at every validation."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_training import IMAGES, MACHINE, OPTIMISER, Tiny, TinyDict, network, train

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.training.module import VALIDATION, Task


class Noting(Tiny):
    """Notes the seed of each step's noise, and the first number that its dropout could draw."""

    def __init__(self):
        super().__init__()
        self.seeds: dict[bool, list[int]] = {True: [], False: []}
        self.dropouts: list[float] = []

    def draw(self, shape, generator):
        self.seeds[self.training].append(generator.initial_seed())
        return super().draw(shape, generator)

    def loss(self, images, noise):
        if self.training:
            state = torch.get_rng_state()
            self.dropouts.append(torch.rand(1).item())
            torch.set_rng_state(state)
        return super().loss(images, noise)


def first_of(seed: int) -> float:
    return torch.rand(1, generator=torch.Generator().manual_seed(seed)).item()


@pytest.fixture(scope="module")
def noting(tmp_path_factory) -> Noting:
    """Trained for 12 steps with a checkpoint every 4, seed 5."""
    net = network(Noting)
    train(tmp_path_factory.mktemp("noting"), net, seed=5)
    return net


def test_every_step_has_noise_of_its_own(noting):
    assert len(set(noting.seeds[True])) == len(set(noting.dropouts)) == 12


def test_noise_comes_from_seed_and_step_alone(noting):
    assert noting.seeds[True] == [mixed_seed(5, step, 0) for step in range(12)]
    assert noting.dropouts == [first_of(mixed_seed(5, step, 0, 1)) for step in range(12)]


def test_every_validation_has_the_same_noise_and_each_of_its_batches_another(noting):
    """Two batches of held-out images at each of three checkpoints."""
    assert noting.seeds[False] == [mixed_seed(5, VALIDATION + batch, 0) for batch in (0, 1)] * 3
    assert not set(noting.seeds[False]) & set(noting.seeds[True])


def task(net=None, rank=0, processes=1, **changed) -> Task:
    made = Task(net or network(), OPTIMISER.model_copy(update=changed), MACHINE, steps=12, seed=0)
    made.trainer = SimpleNamespace(global_rank=rank, world_size=processes)
    return made


def test_of_a_named_loss_the_one_called_loss_is_minimised():
    images = torch.ones(2, 1, 2, 2)
    assert task(network(TinyDict)).step_loss((images,), 3) == task(network()).step_loss((images,), 3)


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_that_share_a_batch_meet_the_noise_of_one(processes):
    """In eval mode, since dropout is drawn by each process."""
    images = torch.rand(8, 1, 2, 2)
    whole = task(network().eval()).step_loss((images,), 3)
    shares = [
        task(network().eval(), rank, processes).step_loss((images[rank::processes],), 3) for rank in range(processes)
    ]
    torch.testing.assert_close(torch.stack(shares).mean(), whole)
    assert len({share.item() for share in shares}) == processes


def test_images_are_made_of_bytes_where_they_arrive():
    (images,) = task().on_after_batch_transfer((torch.from_numpy(IMAGES[:3]),), 0)
    assert torch.equal(images, image_tensor(IMAGES[:3]))


def test_what_lies_on_the_device_is_found_by_its_number():
    labels = np.arange(60)
    made = Task(network(), OPTIMISER, MACHINE, steps=12, seed=0, resident=(IMAGES, labels))
    made.on_fit_start()
    images, found = made.on_after_batch_transfer((torch.tensor([7, 3]),), 0)
    assert torch.equal(images, image_tensor(IMAGES[[7, 3]]))
    assert found.tolist() == [7, 3]


def test_only_what_takes_a_gradient_is_optimised():
    net = network()
    (group,) = task(net).configure_optimizers()["optimizer"].param_groups
    assert [id(p) for p in group["params"]] == [id(p) for p in net.learned.parameters()]


def test_the_optimiser_has_its_own_settings():
    made = task(
        betas=(0.25, 0.5), weight_decay=0.25, learning_rate=0.125, schedule="constant", warmup=0
    ).configure_optimizers()
    (group,) = made["optimizer"].param_groups
    assert (group["betas"], group["weight_decay"], group["lr"]) == ((0.25, 0.5), 0.25, 0.125)
    assert made["lr_scheduler"]["interval"] == "step"
