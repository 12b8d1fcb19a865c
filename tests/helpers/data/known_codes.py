"""Codes whose scores are known: factors of the sizes of 3D Shapes, 3,000 rows to fit on and 1,500 to test on."""

import functools
import inspect

import numpy as np

from diffrep.metrics.catalogue import ALONE, BOTH, METRICS, POOL, TEST, TRAIN
from diffrep.metrics.catalogue import FACTORS as OF_FACTORS

SIZES = (10, 10, 10, 8, 4, 15)
N_TRAIN, N_TEST = 3000, 1500
FACTORS = np.column_stack([np.random.default_rng(0).integers(n, size=N_TRAIN + N_TEST) for n in SIZES])
FACTORS = np.column_stack([np.random.default_rng(k).permutation(column) for k, column in enumerate(FACTORS.T)])
ATTRIBUTES = np.greater_equal(FACTORS, np.array(SIZES) // 2).astype(int)
STANDARD = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
GENERATOR = np.random.default_rng(1)
FAST = {"rounds": 10, "trees": 5, "train_points": 2000, "test_points": 1000, "probes": 1, "steps": 2000}

BEYOND = {name for name in METRICS["sample_efficiency"].numbers if "10000" in name or "efficiency" in name}  # more rows


def random_network(inputs, outputs=10, width=64):
    """Three random layers, tanh between them."""
    for _ in range(2):
        inputs = np.tanh(2.0 * inputs @ GENERATOR.normal(size=(inputs.shape[1], width)) / np.sqrt(inputs.shape[1]))
    return inputs @ GENERATOR.normal(size=(width, outputs)) / np.sqrt(width)


CODES = {
    "identity": FACTORS.astype(float),
    "rotation": STANDARD @ np.linalg.qr(GENERATOR.normal(size=(6, 6)))[0],
    "noisy": STANDARD + 0.4 * GENERATOR.normal(size=STANDARD.shape),
    "tangled": random_network(STANDARD),
    "noise": GENERATOR.normal(size=(len(FACTORS), 8)),
    "doubled": np.hstack([FACTORS, FACTORS]).astype(float),
}

CHANGES = {  # of the ten dimensions of "tangled": what a metric that looks at each on its own scale does not see
    "dimensions in another order": lambda codes: codes[:, ::-1],
    "signs": lambda codes: -codes,
    "scales": lambda codes: codes * 2.0 ** np.arange(-5, 5),
    "a constant dimension": lambda codes: np.insert(codes, 2, 0.1, axis=1),  # whose computed deviation is not quite 0
}


def parts(codes, factors):
    return codes[:N_TRAIN], factors[:N_TRAIN], codes[N_TRAIN:], factors[N_TRAIN:]


def known_of(name):
    """What the metric of that name in the table is told of the rows."""
    return FACTORS if OF_FACTORS in METRICS[name].of else ATTRIBUTES


def scored(name, codes, known, *, budget=FAST, **options):
    """The metric of that name in the table: two thirds of the rows to fit on, few rounds, trees and points.

    budget   how much of everything is done; the metric takes of it what it knows
    options  given to the metric as they are
    """
    metric, cut = METRICS[name], len(codes) * 2 // 3
    function = metric.load()
    rows = {
        TRAIN: (codes[:cut], known[:cut]),
        TEST: (codes[cut:], known[cut:]),
        BOTH: (codes[:cut], known[:cut], codes[cut:], known[cut:]),
        POOL: (codes, known),
        ALONE: (codes[:cut],),
    }
    taken = inspect.signature(function).parameters
    settings = {key: value for key, value in {"seed": 0, **budget}.items() if key in taken}
    return function(*rows[metric.rows], **settings | options)


@functools.cache
def on_code(name, code):
    """The same on one of the codes above, once; where a code is the factors, four rounds tell all that ten tell."""
    budget = FAST | {"rounds": 4} if code in ("identity", "doubled") else FAST
    return scored(name, CODES[code], known_of(name), budget=budget)
