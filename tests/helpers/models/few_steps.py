"""Some steps of a method on the same images and noise, by which its loss falls."""

import torch

from diffrep.pipelines.trained.given import drawn_loss


def losses_of(model, images, *, steps, learning_rate=3e-3):
    """The loss at each step of Adam."""
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learning_rate)
    losses = []
    for _ in range(steps):
        found = drawn_loss(model, (images,), torch.Generator().manual_seed(0))
        losses.append(found["loss"] if isinstance(found, dict) else found)
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    return losses
