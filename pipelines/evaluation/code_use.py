"""With every encode: whether the method looks at its code, told by the images that it sees in noisy ones.

Validation images, noised at times over the whole axis, are denoised given their own code, another image's, and the
mean training code. A code that is used makes the error of its own image the smallest where noise hides the image.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.metrics.measured import Measured, missing
from diffrep.pipelines.core.sections import Evaluate
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.trained.decoder import device_of
from diffrep.pipelines.trained.pieces import in_pieces

CODES = ("own", "shuffled", "mean")
HIGH_NOISE = TIMESTEPS // 2  # from here on less than 8 % of the variance of the suite's states is the image's


def time_grid(count: int) -> list[int]:
    """`count` times from 0 to 999, evenly spread and rounded down."""
    return [int(t) for t in np.linspace(0, TIMESTEPS - 1, count)]


def code_use_scores(network: Method, data: Prepared, codes: dict[str, np.ndarray], settings: Evaluate) -> Measured:
    """The mean errors by code and time, and what they say of the use of the code.

    codes   {"train", "valid": [n, d]} of the default view
    arrays  "own", "shuffled", "mean": [times, images] squared error in [0, 1], the predicted image clipped to its
            range; "times": [times]. None for a method that cannot denoise

    code_use_from is the time from which on code_use counts errors.
    """
    times = time_grid(settings.diagnose.times)
    if "denoise" in network.cannot:
        names = [f"denoise_error_{code}_t{t}" for code in CODES for t in times]
        return missing([*names, "code_use"], f"not applicable: {network.cannot['denoise']}")
    rows = data.splits["valid"][: settings.diagnose.images]
    own = codes["valid"][: len(rows)]
    given = np.stack([own, np.roll(own, 1, axis=0), np.broadcast_to(codes["train"].mean(axis=0), own.shape)])
    noise = start_noise(settings.seed, rows, data.image_shape)
    device = device_of(network)

    def of_piece(part: slice) -> np.ndarray:
        images, states = image_tensor(data.images[rows[part]]).to(device), noise[part].to(device)
        return denoise_errors(network, images, states, torch.from_numpy(given[:, part]).to(device), times)

    what, pixels = f"{type(network).__name__}.denoise", math.prod(data.image_shape[1:])
    pieces = in_pieces(of_piece, len(rows), what=what, pixels=pixels, size=settings.batch_size, device=device)
    found = dict(zip(CODES, np.concatenate(list(pieces), axis=2), strict=True))
    means = {code: each.mean(axis=1) for code, each in found.items()}
    values = {f"denoise_error_{code}_t{t}": means[code][i] for code in CODES for i, t in enumerate(times)}
    values["code_use"] = code_use(means["own"], means["shuffled"], times)
    values["code_use_from"] = HIGH_NOISE
    values["n_denoised"] = len(rows)
    return Measured(values, arrays={**found, "times": np.array(times)})


@torch.no_grad()
def denoise_errors(network: Method, images: Tensor, noise: Tensor, codes: Tensor, times: Sequence[int]) -> np.ndarray:
    """Squared error in [0, 1] of the image seen at each time given each code: [codes, times, n] float32.

    images, noise  [n, c, h, w]
    codes          [codes, n, d]
    """
    found = torch.empty(len(codes), len(times), len(images))
    for i, t in enumerate(times):
        timesteps = torch.full((len(images),), t, device=images.device)
        noisy = network.noised(images, noise, timesteps)
        for j, given in enumerate(codes):
            seen = network.denoise(noisy, timesteps, given).clamp(-1, 1)
            found[j, i] = ((seen - images) / 2).square().flatten(1).mean(dim=1).cpu()
    return found.numpy()


def code_use(own: np.ndarray, shuffled: np.ndarray, times: Sequence[int]) -> float:
    """1 - own / shuffled, mean over the times of high noise: 0 if any code does as well as one's own; at most 1.

    own, shuffled  [times] mean errors
    """
    high = np.array(times) >= HIGH_NOISE
    return float(np.mean(1 - own[high] / shuffled[high]))
