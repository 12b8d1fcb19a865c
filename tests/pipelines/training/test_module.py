"""The noise of a training: drawn from seed and step alone, new at every step, the same at every validation."""

import pytest
import torch
from tiny_training import OPTIMISER, Tiny, TinyDict, network, train

from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.training.module import VALIDATION, Task


class Noting(Tiny):
    """Notes the first number that each step draws, by generator and by dropout."""

    def __init__(self):
        super().__init__()
        self.drawn: dict[bool, list[tuple[float, float]]] = {True: [], False: []}

    def loss(self, images, generator):
        state = torch.get_rng_state()
        self.drawn[self.training].append((first(generator), torch.rand(1).item()))
        torch.set_rng_state(state)
        return super().loss(images, torch.Generator().manual_seed(generator.initial_seed()))


def first(generator: torch.Generator) -> float:
    return torch.rand(1, generator=generator).item()


def of_seed(*parts: int) -> float:
    return first(torch.Generator().manual_seed(mixed_seed(*parts)))


@pytest.fixture(scope="module")
def noting(tmp_path_factory) -> Noting:
    """Trained for 12 steps with a checkpoint every 4, seed 5."""
    net = network(Noting)
    train(tmp_path_factory.mktemp("noting"), net, seed=5)
    return net


def test_every_step_has_noise_of_its_own(noting):
    generators, dropouts = zip(*noting.drawn[True], strict=True)
    assert len(set(generators)) == len(set(dropouts)) == 12


def test_noise_comes_from_seed_and_step_alone(noting):
    assert noting.drawn[True] == [(of_seed(5, step, 0), of_seed(5, step, 0, 1)) for step in range(12)]


def test_every_validation_has_the_same_noise_and_each_of_its_batches_another(noting):
    """Two batches of held-out images at each of three checkpoints."""
    drawn = [generator for generator, _ in noting.drawn[False]]
    assert drawn == [of_seed(5, VALIDATION + batch, 0) for batch in (0, 1)] * 3
    assert not set(drawn) & {generator for generator, _ in noting.drawn[True]}


def task(net=None, **changed) -> Task:
    return Task(net or network(), OPTIMISER.model_copy(update=changed), steps=12, seed=0)


def test_of_a_named_loss_the_one_called_loss_is_minimised():
    images = torch.ones(2, 2, 2, 1)
    assert task(network(TinyDict)).draw((images,), 3) == task(network()).draw((images,), 3)


def test_only_what_takes_a_gradient_is_optimised():
    net = network()
    (group,) = task(net).configure_optimizers()["optimizer"].param_groups
    assert [id(p) for p in group["params"]] == [id(p) for p in net.learned.parameters()]


def test_the_optimiser_has_its_own_settings():
    made = task(beta2=0.5, weight_decay=0.25, learning_rate=0.125, schedule="constant", warmup=0).configure_optimizers()
    (group,) = made["optimizer"].param_groups
    assert (group["betas"], group["weight_decay"], group["lr"]) == ((0.9, 0.5), 0.25, 0.125)
    assert made["lr_scheduler"]["interval"] == "step"
