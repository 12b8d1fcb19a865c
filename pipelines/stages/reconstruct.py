"""Stage reconstruct: test images decoded from their codes, from noise alone and from the inferred start."""

from typing import Any

import numpy as np
from torch import Tensor

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.metrics.images.reconstruction import reconstruction
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.pictures import save_rows
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Reconstruct
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.stages.encode import read_codes
from diffrep.pipelines.trained.cells import load
from diffrep.pipelines.trained.decoder import Decoder

SCORES = ("mse", "psnr", "ssim")
SHOWN = 12  # images in the picture


def reconstruct(params: dict[str, Any], dataset: str, method: str) -> None:
    """Judge the reconstructions of the first test images of every seed of the grid."""
    data = Prepared(paths.data(dataset))
    for seed in params["grid"]["seed"]:
        identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "reconstruct"}
        path = paths.result(dataset, method, "reconstruct", seed)
        with result(path, params, **identity, data_sha256=data.checksum) as filled:
            network = load(params, dataset, method, seed, data.image_shape)
            if "decode" in network.cannot:
                names = [f"{score}_{start}_start" for start in ("random", "inferred") for score in SCORES]
                filled.not_applicable([*names, "mse_shuffled_codes"], network.cannot["decode"])
                write_arrays(paths.arrays(dataset, method, "reconstruct", seed), {})
                paths.picture(dataset, method, "reconstruct", seed).parent.mkdir(parents=True, exist_ok=True)
                continue
            codes = read_codes(dataset, method, seed)["test"]
            judge(filled, network, data, codes, params, (dataset, method, seed))


def judge(
    filled: Result,
    network: Method,
    data: Prepared,
    codes: np.ndarray,
    params: dict[str, Any],
    cell: tuple[str, str, int],
) -> None:
    """Fill in the scores of one trained method, and write its per-image errors and its picture."""
    settings = section(params, "evaluate.reconstruct", Reconstruct)
    rows = data.splits["test"][: settings.images]
    codes, images = codes[: len(rows)], image_tensor(data.images[rows])
    noise = start_noise(params["evaluate"]["seed"], rows, data.image_shape)
    inverts = "invert" not in network.cannot
    with meter(f"reconstruct {' '.join(map(str, cell))}", len(rows) * (4 if inverts else 2)) as shown:
        decoder = Decoder(network, params["evaluate"]["batch_size"], shown)
        decoded = {
            "random_start": decoder.decode(codes, noise, settings.decode_steps),
            "shuffled_codes": decoder.decode(np.roll(codes, 1, axis=0), noise, settings.decode_steps),
        }
        if inverts:
            start = decoder.invert(images, codes, settings.invert_steps)
            decoded["inferred_start"] = decoder.decode(codes, start, settings.decode_steps)
    arrays: dict[str, np.ndarray] = {}
    for name, result_images in decoded.items():
        measured = compare(images, result_images)
        kept = ("mse",) if name == "shuffled_codes" else SCORES
        filled.update({f"{score}_{name}": measured[score] for score in kept})
        arrays |= {f"{score}_{name}": measured.arrays[score] for score in kept}
    if not inverts:
        filled.not_applicable([f"{score}_inferred_start" for score in SCORES], network.cannot["invert"])
    filled["n_test"] = len(rows)
    write_arrays(paths.arrays(*cell[:2], "reconstruct", cell[2]), arrays)
    titles = {"random_start": "from its code and noise", "inferred_start": "from its code and the inferred start"}
    shown_rows = {titles[name]: image_bytes(decoded[name][:SHOWN]) for name in titles if name in decoded}
    save_rows(paths.picture(*cell[:2], "reconstruct", cell[2]), {"original": data.images[rows[:SHOWN]], **shown_rows})


def compare(images: Tensor, decoded: Tensor) -> Measured:
    """The reconstruction scores of tensors in [-1, 1], measured in [0, 1]."""
    first, second = ((tensor.numpy() + 1) / 2 for tensor in (images, decoded))
    return reconstruction(first, second)
