"""How much longer decoding takes than the bare network passes that it needs, for every row of params.yaml that decodes.

Run with `python tests/benchmarks/decoding.py [ROW ...]` at the top of the repository; processor seconds of one thread,
so that other work on the machine hardly shows. Weights, codes and starts are random: they do not matter to the time.
The bare passes are of the same network at the same times and batch size, over and over on the same states, without the
sampler's arithmetic, masks and copies. The two take turns within one run, and the median of the turns' ratios is
printed; 1.10 or less is what we ask for.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import torch
from torch import Tensor

from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.presets.presets import PresetRow, params_rows
from diffrep.pipelines.trained.decoder import Decoder

ROWS = ("pdae", "diti", "diffsiam", "diffae", "drl", "drl_joint", "vdrl", "encdiff")


def bare_pass(network: Any, codes: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """The network's forward pass on states at times [n], told the codes [n, code_dim]."""
    if hasattr(network, "tokens"):
        tokens = network.tokens(codes)
        return lambda states, times: network.network(states, times, tokens)
    if hasattr(network, "denoiser"):
        return lambda states, times: network.predict(states, times, codes)
    decoder = network.decoder
    if hasattr(decoder, "estimator"):
        return lambda states, times: decoder.gradient(decoder.frozen(states, times), times, codes)
    return lambda states, times: decoder.predict(states, times, codes)


@torch.no_grad()
def bare(network: Any, codes: Tensor, start: Tensor, steps: int, batch_size: int) -> None:
    """The passes of `steps` steps, batch by batch."""
    path = SAMPLERS["pdae"].decoding(torch.ones(1000), steps)
    for batch, states in zip(codes.split(batch_size), start.split(batch_size), strict=True):
        run = bare_pass(network, batch)
        for step in path:
            run(states, torch.full((len(states),), step.timestep))


def seconds(work: Callable[..., Any], *given: Any) -> float:
    """What the work takes of the processor."""
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun


def compare(row: PresetRow, images: int, steps: int, batch_size: int, turns: int) -> None:
    """Print the row's line."""
    network: Any = row.build("cpu")
    network.to(memory_format=torch.channels_last).eval()
    generator = np.random.default_rng(0)
    codes = generator.standard_normal((images, row.given["code_dim"]), np.float32)
    start = torch.from_numpy(generator.standard_normal((images, *row.image_shape), np.float32))
    whole, passes = [], []
    decoder = Decoder(network, batch_size, Meter(row.name, (1 + turns) * images, shown=False))
    for _ in range(1 + turns):
        whole.append(seconds(decoder.decode, codes, start, steps))
        passes.append(seconds(bare, network, torch.from_numpy(codes), start, steps, batch_size))
    whole, passes = whole[1:], passes[1:]  # the first turn warms up
    ratio = statistics.median(a / b for a, b in zip(whole, passes, strict=True))
    ours, theirs = statistics.median(whole), statistics.median(passes)
    print(f"{row.name:<12}{ours:>10.2f}{theirs:>14.2f}{ratio:>8.3f}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of params.yaml; by default {' '.join(ROWS)}")
    parser.add_argument("--images", type=int, default=1000, help="decoded in each turn (%(default)s)")
    parser.add_argument("--steps", type=int, default=20, help="of the sampler (%(default)s)")
    parser.add_argument("--batch-size", type=int, default=250, help="(%(default)s)")
    parser.add_argument("--turns", type=int, default=3, help="each decodes, then makes the passes (%(default)s)")
    given = parser.parse_args()
    torch.set_num_threads(1)
    params = load()
    names = given.rows or ROWS
    params = params.model_copy(update={"grid": params.grid.model_copy(update={"method": tuple(names)})})
    print(f"{'seconds of':<12}{'decoding':>10}{'bare passes':>14}{'ratio':>8}")
    for row in params_rows(params, params.grid.dataset[0]):
        if row.name in names:
            compare(row, given.images, given.steps, given.batch_size, given.turns)


if __name__ == "__main__":
    main()
