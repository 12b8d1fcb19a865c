"""What the contract is tried on: an adapter with its settings, built as the pipeline does and trained for a moment."""

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods import METHODS
from diffrep.methods.shared.denoisers.diffusers_network import DiffusersSettings
from diffrep.pipelines.contract.promises import NotApplicableError, expect
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import path_of
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.settings_file import read_settings
from diffrep.pipelines.trained.adapters import adapter_class
from diffrep.pipelines.trained.buildable import network_of
from diffrep.pipelines.trained.given import drawn_loss, minimised
from diffrep.pipelines.trained.pretrained import NEEDS, class_of

Networks = dict[str, dict[str, Any]]  # arguments of the pre-trained models, by what `needs` calls them

IMAGES = 96
BATCH = 8
LEARNING_RATE = 3e-3
CLIP = 1.0
MIDDLE = 500  # of the times 0 to 999


class Subject:
    """One adapter, its settings, and what it is tried with.

    cls, given  the class and the keyword arguments of its section
    networks    the arguments of the models of which `needs` names some: "base", "autoencoder"
    shape       of the images: channels, height, width
    steps       optimiser steps of the short training
    """

    def __init__(
        self, cls: Any, given: dict[str, Any], networks: Networks, shape: tuple[int, int, int], steps: int
    ) -> None:
        self.cls, self.given, self.networks, self.shape, self.steps = cls, given, networks, shape, steps

    def build(self, seed: int = 0, depth: int | None = None) -> tuple[Any, list[nn.Module]]:
        """The adapter with weights drawn from `seed`, perhaps for images of another `depth`, and what it was given."""
        shape = (depth or self.shape[0], *self.shape[1:])
        supplied = [self.supplied(need, shape) for need in self.cls.needs]
        torch.manual_seed(seed)
        return self.cls(shape, *supplied, **self.given), supplied

    def supplied(self, need: str, shape: tuple[int, int, int]) -> nn.Module:
        """The untrained model that `need` names, always the same."""
        torch.manual_seed(0)
        network = class_of(need)(shape, **self.networks[need]).eval()
        if need == "autoencoder" and not network.scale.is_meta:
            spread(network, self.images(IMAGES, shape[0]))
        return network

    @property
    def of_one_depth(self) -> bool:
        """Whether it stands on a model that others trained, which takes images of no other depth."""
        networks = [self.networks[need]["network"] for need in self.cls.needs]
        return any(isinstance(network, DiffusersSettings) for network in networks)

    def images(self, count: int = 8, depth: int | None = None, seed: int = 0) -> Tensor:
        """Plain colours with soft blots, [count, depth, h, w] in [-1, 1]: quickly learned, no two alike."""
        depth, *sides = depth or self.shape[0], *self.shape[1:]
        generator = torch.Generator().manual_seed(seed)
        colours = torch.rand(count, depth, 1, 1, generator=generator) * 1.4 - 0.7
        blots = torch.rand(count, depth, 4, 4, generator=generator) * 0.6 - 0.3
        return colours + F.interpolate(blots, sides, mode="bilinear")

    @cached_property
    def known(self) -> int:
        """How many images it learns from: a closed form needs more of them than its code has dims."""
        network = self.build()[0].eval()
        return max(IMAGES, 2 * default(network, self.images()).shape[-1]) if hasattr(network, "fit") else IMAGES

    @cached_property
    def run(self) -> tuple[Any, list[nn.Module]]:
        """What `build` gives at seed 0, after the short training or the fit, in eval mode; leave it as it is."""
        network, supplied = self.build()
        images = self.images(self.known)
        if hasattr(network, "loss"):
            train(network, images, self.steps)
        elif hasattr(network, "fit"):
            network.fit([images])
        return network.eval().to(memory_format=torch.contiguous_format), supplied

    @property
    def trained(self) -> Any:
        """The adapter of `run`."""
        return self.run[0]

    def copy(self) -> Any:
        """A second adapter with the weights of `trained`, to change."""
        network = self.build()[0]
        network.load_state_dict(self.trained.state_dict())
        return network.eval()


@torch.no_grad()
def spread(autoencoder: Any, images: Tensor) -> None:
    """Take code vectors from the latents of `images`: untrained ones lie so close that every image looks the same."""
    latents = autoencoder.encode(images).movedim(1, -1).flatten(0, -2)
    vectors = autoencoder.vq.quantize.embedding.weight
    vectors.copy_(latents[torch.randint(len(latents), (len(vectors),))])  # small images have fewer latents than vectors
    autoencoder.set_scale(images)


def train(network: Any, images: Tensor, steps: int) -> None:
    """`steps` steps of Adam on batches of `images`, channels last and clipped, as the pipeline trains."""
    network.train().to(memory_format=torch.channels_last)
    learned = [p for p in network.parameters() if p.requires_grad]
    expect(learned, "there is a loss, but no parameter that takes a gradient")
    optimiser = torch.optim.Adam(learned, LEARNING_RATE)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)  # or the last steps decide what is learned
    for step in range(steps):
        rows = torch.arange(step * BATCH, (step + 1) * BATCH) % len(images)
        optimiser.zero_grad()
        value = loss(network, images[rows], step)
        expect(value.isfinite(), f"loss gives {value.item()} at step {step + 1}")
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        falling.step()


def loss(network: Any, images: Tensor, seed: int) -> Tensor:
    """The loss that is minimised, its chance drawn from `seed`."""
    return minimised(drawn_loss(network, (images,), torch.Generator(images.device).manual_seed(seed)))


def encode(network: Any, images: Tensor) -> dict[str, Tensor]:
    """The views of `images`, without gradients."""
    with torch.no_grad():
        return network.encode(images)


def default(network: Any, images: Tensor) -> Tensor:
    """The first view of `images`, without gradients."""
    return next(iter(encode(network, images).values()))


@torch.no_grad()
def drawn(network: Any, images: Tensor, codes: Tensor) -> dict[str, Tensor]:
    """What decode, invert and denoise make of `images` and their `codes`, by name; only what the adapter can do."""
    noise, times = normal(images), timesteps(images, MIDDLE)
    results = {}
    if can(network, "decode"):
        results["decode"] = network.decode(codes, noise, steps=2)
    if can(network, "invert"):
        results["invert"] = network.invert(images, codes, steps=2)
    if can(network, "denoise"):
        results["denoise"] = network.denoise(network.noised(images, noise, times), times, codes)
    return results


def normal(images: Tensor) -> Tensor:
    """Noise of the images' shape, always the same."""
    return torch.randn(images.shape, generator=torch.Generator().manual_seed(0)).to(images.device)


def timesteps(images: Tensor, timestep: int) -> Tensor:
    """The same time for every image, int64 [n]."""
    return torch.full((len(images),), timestep, device=images.device)


def can(network: Any, ability: str) -> bool:
    """Whether the adapter gives no reason against `ability`."""
    return ability not in network.cannot


def stepped(on: Subject) -> None:
    """Raise NotApplicableError for a method that has no loss."""
    if not hasattr(on.cls, "loss"):
        raise NotApplicableError("nothing is trained by steps")


def subject(params: Params, name: str, file: Path | None, side: int, steps: int) -> Subject:
    """The adapter that `name`, a row of params.yaml or a "package.module:Class", stands for.

    file  a YAML file that holds the section; without it, the section of the row, or of the first row whose
          `adapter` is `name`
    """
    values = section(params, name) if file is None else read(file)
    cls = adapter_class(values.get("adapter", name))
    settings = {key: value for key, value in values.items() if key not in ("adapter", "training")}
    try:
        given = arguments(cls, f"methods.{name}", settings)
    except UserError as error:
        if file is None:
            raise
        raise UserError(f"{file}: {str(error).removeprefix('params.yaml: ')}") from error
    return Subject(cls, given, networks_of(params), (3, side, side), steps)


def networks_of(params: Params) -> Networks:
    """The arguments of what methods may stand on, as params.yaml has them."""
    return {need: arguments(class_of(need), need, {"network": network_of(params, need)}) for need in NEEDS}


def section(params: Params, name: str) -> dict[str, Any]:
    """The section of params.yaml that belongs to `name`."""
    own = [row for row in params.methods if row == name]
    for row in [*own, *(row for row, values in params.methods.items() if values.adapter == name)]:
        return params.methods[row].model_dump(mode="json", exclude_defaults=True, exclude={"training"})
    path_of({**METHODS, **dict.fromkeys(params.methods, "")}, name, "method")  # a misspelt name is told first
    raise UserError(f"params.yaml has no section for {name}: add a row, or give its section with --settings FILE.yaml")


def read(file: Path) -> dict[str, Any]:
    """The section in a YAML file of its own."""
    values = read_settings(file)
    if not isinstance(values, dict):
        raise UserError(f"{file} must hold the keys of one section of methods:, such as code_dim: 16")
    return values
