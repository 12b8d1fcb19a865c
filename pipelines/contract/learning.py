"""Promises of every method's contract: what training changes, what it leaves, and what of it is kept."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load as load_bytes
from safetensors.torch import save as save_bytes
from torch import Tensor

from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.pipelines.contract.promises import NotApplicableError, expect
from diffrep.pipelines.contract.subject import (
    IMAGES,
    LEARNING_RATE,
    Subject,
    can,
    default,
    drawn,
    encode,
    loss,
    normal,
    stepped,
    timesteps,
    train,
)
from diffrep.pipelines.trained.given import savable

LATE = 950  # hardly any signal is left: what is seen of the image comes out of the code
LATENT_SCALE = 2.5  # makes averages of the subject's images spread by about 1, as a trained autoencoder's latents do
USED = 1.1  # another image's code must raise the error by this factor


def gradient_reaches_the_encoder(subject: Subject) -> None:
    """One step down the loss's gradient, nothing else changed, moves the codes."""
    stepped(subject)
    network, images = subject.copy(), subject.images()
    before = default(network, images)
    buffers = {name: value.clone() for name, value in network.named_buffers()}
    loss(network.train(), images, 0).backward()
    for parameter in network.parameters():
        if parameter.grad is not None and parameter.grad.any():
            parameter.data -= LEARNING_RATE * parameter.grad / parameter.grad.norm()
    for name, value in network.named_buffers():
        value.copy_(buffers[name])
    after = default(network.eval(), images)
    still = torch.allclose(before, after, rtol=0, atol=1e-7)
    expect(not still, "a step down the gradient of the loss leaves the codes as they were")


def frozen_parts_stay(subject: Subject) -> str:
    """What is supplied or frozen is bit for bit the same after training, and in eval mode during it."""
    fresh, given = subject.build()
    frozen = {name: value for name, value in fresh.named_parameters() if not value.requires_grad}
    if not given and not frozen:
        raise NotApplicableError("nothing is supplied, nothing frozen")
    learned = [name for module in given for name, value in module.named_parameters() if value.requires_grad]
    expect(not learned, f"what was supplied would be trained: {', '.join(learned[:3])}")
    if hasattr(fresh, "loss"):
        fresh.train()
        lively = [type(module).__name__ for module in given if any(part.training for part in module.modules())]
        expect(not lively, f"train() takes {', '.join(lively)} out of eval mode: override it")
    network, supplied = subject.run
    now = dict(network.named_parameters())
    changed = [name for name, value in frozen.items() if not torch.equal(value, now[name])]
    for before, after in zip(given, supplied, strict=True):
        states = before.state_dict(), after.state_dict()
        changed += [name for name in states[0] if not torch.equal(states[0][name], states[1][name])]
    expect(not changed, f"changed by training: {', '.join(changed[:3])}")
    return f"{sum(p.numel() for p in frozen.values()):,} numbers"


def same_seed_same_loss(subject: Subject) -> None:
    """In eval mode all chance of the loss comes from its generator; in training dropout may ask torch's own."""
    stepped(subject)
    network, images = subject.copy(), subject.images()
    with torch.no_grad():
        first, second = (seeded_loss(network, images, seed) for seed in (0, 1))
        expect(first.ndim == 0, f"the loss has the shape {list(first.shape)}, not one number")
        expect(first.equal(second), f"one seed of the generator, two losses: {first:.6g} and {second:.6g}")
        first, second = (seeded_loss(network.train(), images, 0) for _ in range(2))
        expect(first.equal(second), f"the same seeds in training, two losses: {first:.6g} and {second:.6g}")


def seeded_loss(network: Any, images: Tensor, seed: int) -> Tensor:
    """The loss of one generator while torch's own is at `seed`."""
    torch.manual_seed(seed)
    return loss(network, images, 0)


def saved_and_loaded(subject: Subject) -> None:
    """The weights, written and read back into an adapter of another seed, give the same codes and images."""
    weights = savable(subject.trained.state_dict())
    restored = subject.build(seed=1)[0]
    restored.load_state_dict(load_bytes(save_bytes(weights)))
    restored.eval()
    images = subject.images()
    before, after = (encode(network, images) for network in (subject.trained, restored))
    for view in before:
        expect(torch.equal(before[view], after[view]), f"view {view!r} differs: state_dict does not hold all of it")
    codes = next(iter(before.values()))
    first, second = (drawn(network, images, codes) for network in (subject.trained, restored))
    for name in first:
        expect(torch.equal(first[name], second[name]), f"{name} differs: state_dict does not hold all of it")


def the_code_is_used(subject: Subject) -> str:
    """After the short training an image is drawn worse from another image's code than from its own.

    By each of `denoise` and `decode` that there is.
    """
    network, images = seeing(subject), subject.images(32, seed=1)
    noise, times, codes = normal(images), timesteps(images, LATE), default(network, images)
    ways: dict[str, Callable[[Tensor], Tensor]] = {}
    if can(network, "denoise"):
        noisy = network.noised(images, noise, times)
        ways[f"denoised at t = {LATE}"] = lambda given: network.denoise(noisy, times, given)
    if can(network, "decode"):
        ways["decoded"] = lambda given: network.decode(given, noise, steps=2)
    if not ways:
        raise NotApplicableError(network.cannot["denoise"])
    said, unused = [], []
    for how, draw in ways.items():
        with torch.no_grad():
            own, other = (float((draw(given) - images).pow(2).mean()) for given in (codes, codes.roll(1, 0)))
        said.append(f"{how}, squared error {own:.3g} with its own code, {other:.3g} with another image's")
        if not other > USED * own:
            unused.append(said[-1])
    expect(not unused, f"{'; '.join(unused)}, after {subject.steps} steps")
    return "; ".join(said)


def seeing(subject: Subject) -> Any:
    """The trained adapter; where it stands on an autoencoder, trained anew on one whose latents draw their images.

    An untrained one draws much the same image of all latents.
    """
    if "autoencoder" not in subject.cls.needs:
        return subject.trained
    network, supplied = subject.build()
    for module in supplied:
        if isinstance(module, Autoencoder):
            average(module, subject.shape)
    train(network, subject.images(IMAGES), subject.steps)
    return network.eval()


def average(autoencoder: Any, shape: tuple[int, int, int]) -> None:
    """Make the latents averages over squares of images of `shape`, and decode them smoothly."""
    depth, *sides = shape
    channels, *size = autoencoder.shape
    autoencoder.encode = lambda images: LATENT_SCALE * with_channels(F.adaptive_avg_pool2d(images, size), channels)
    autoencoder.decode = lambda latents: (
        with_channels(F.interpolate(latents, sides, mode="bilinear"), depth) / LATENT_SCALE
    )


def with_channels(images: Tensor, channels: int) -> Tensor:
    """The first `channels` of the images [n, c, h, w], zeros where there are fewer."""
    return F.pad(images, (0, 0, 0, 0, 0, channels - images.shape[1]))
