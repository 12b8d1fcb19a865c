"""How fast rooms are drawn: images/s on this machine, and against a plain numpy copy of as many images.

Run with `python tests/benchmarks/render.py`; times are processor seconds of one thread.
"""

import time
from collections.abc import Callable

import numpy as np

from diffrep.datasets.rendered.raycast import light_maps
from diffrep.datasets.rendered.room import COUNT, PAN, factors_of, nuisance_of, render

IMAGES, REPEATS = 8000, 5


def seconds(action: Callable[[], object]) -> float:
    """The least of several timings: what the machine can do when nothing disturbs it."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def copied(images: np.ndarray) -> None:
    """Each image written as float, and back to bytes: the least that any renderer does."""
    for image in images:
        image.astype(np.float32).astype(np.uint8)


for size in (32, 64):
    start = time.process_time()
    light_maps(size, -(-PAN * size // 32))
    print(f"{size} x {size}: geometry {time.process_time() - start:.1f} s, once")
    index = np.random.default_rng(0).choice(COUNT, IMAGES * 32 // size, replace=False)
    factors = factors_of(index)
    images = render(factors, None, size=size)
    plain = seconds(lambda i=images: copied(i))
    for name, nuisance in (("with nuisance", nuisance_of(index)), ("clean", None)):
        taken = seconds(lambda n=nuisance, f=factors, s=size: render(f, n, size=s))
        print(f"  {name}: {len(index) / taken:,.0f} images/s, {taken / plain:.1f} times a plain copy")
