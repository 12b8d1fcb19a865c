"""Codes whose scores are known: factors of the sizes of 3D Shapes, 3,000 rows to fit on and 1,500 to test on."""

import numpy as np

SIZES = (10, 10, 10, 8, 4, 15)
N_TRAIN, N_TEST = 3000, 1500
FACTORS = np.column_stack([np.random.default_rng(0).integers(n, size=N_TRAIN + N_TEST) for n in SIZES])
FACTORS = np.column_stack([np.random.default_rng(k).permutation(column) for k, column in enumerate(FACTORS.T)])
STANDARD = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
GENERATOR = np.random.default_rng(1)


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


def parts(codes, factors):
    return codes[:N_TRAIN], factors[:N_TRAIN], codes[N_TRAIN:], factors[N_TRAIN:]
