"""Mirrored training images: half of them, drawn from seed, step and place in the batch alone, and none held out."""

from types import SimpleNamespace

import pytest
import torch
from tiny_training import MACHINE, OPTIMISER, Tiny, network, train

from diffrep.pipelines.training.module import Task

IMAGES = torch.rand(2000, 1, 2, 3, generator=torch.Generator().manual_seed(0))


def task(rank=0, processes=1, seed=0, flip=True, step=3) -> Task:
    made = Task(network().eval(), OPTIMISER.model_copy(update={"flip": flip}), MACHINE, steps=12, seed=seed)
    made.trainer = SimpleNamespace(global_rank=rank, world_size=processes, global_step=step)
    return made


def flips(made: Task, images=IMAGES, step=3) -> torch.Tensor:
    """[n] whether each image has been mirrored; it must be itself or its mirror image."""
    found = made.flipped(images, step)
    mirrored = (found == images.flip(-1)).flatten(1).all(1)
    assert (mirrored | (found == images).flatten(1).all(1)).all()
    return mirrored


def test_about_half_of_the_images_are_mirrored():
    assert abs(flips(task()).float().mean() - 0.5) < 4 * 0.5 / len(IMAGES) ** 0.5


def test_they_come_from_seed_and_step_alone():
    first = flips(task())
    torch.manual_seed(99)
    assert torch.equal(flips(task()), first)
    for other in (flips(task(), step=4), flips(task(seed=1))):
        assert 0.4 < (other == first).float().mean() < 0.6


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_that_share_a_batch_mirror_what_one_would(processes):
    whole = flips(task())
    for rank in range(processes):
        assert torch.equal(flips(task(rank, processes), IMAGES[rank::processes]), whole[rank::processes])


def test_a_step_learns_from_the_mirrored_images():
    images = torch.rand(4, 1, 2, 2)
    on, off = task(), task(flip=False)
    assert torch.equal(on.training_step((images,), 0), off.step_loss((on.flipped(images, 3),), 3))
    assert torch.equal(off.training_step((images,), 0), off.step_loss((images,), 3))
    assert not torch.equal(on.training_step((images,), 0), off.training_step((images,), 0))


class Noting(Tiny):
    """Notes the images of trainings and of validations."""

    def __init__(self):
        super().__init__()
        self.seen: dict[bool, list[torch.Tensor]] = {True: [], False: []}

    def loss(self, images, noise):
        self.seen[self.training].append(images.clone())
        return super().loss(images, noise)


def test_held_out_images_are_never_mirrored(tmp_path):
    plain, mirrored = network(Noting), network(Noting)
    train(tmp_path / "plain", plain)
    train(tmp_path / "mirrored", mirrored, flip=True)
    assert len(plain.seen[False]) == 6
    assert all(map(torch.equal, plain.seen[False], mirrored.seen[False]))
    changed = [not torch.equal(one, other) for one, other in zip(plain.seen[True], mirrored.seen[True], strict=True)]
    assert sum(changed) >= 10  # of 12 steps of four images
