"""Stage probe: how well a linear layer reads the attributes from the codes, from every view and from every part."""

import math
from typing import Any

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.probes.least_squares import part_lifts
from diffrep.metrics.probes.probe import linear_probe, probe_scores
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Probe
from diffrep.pipelines.stages.encode import read_codes, read_parts, read_views
from diffrep.pipelines.trained.part_maps import write_part_map

BATCH = 128


def probe(params: dict[str, Any], dataset: str, method: str) -> None:
    """Probe the codes of every seed of the grid."""
    data = Prepared(paths.data(dataset))
    seeds = params["grid"]["seed"]
    with meter(f"probe {dataset} {method}", len(seeds)) as shown:
        for seed in seeds:
            identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "probe"}
            path = paths.result(dataset, method, "probe", seed)
            with result(path, params, **identity, data_sha256=data.checksum) as filled:
                codes = read_codes(dataset, method, seed)
                arrays = score(filled, codes, data, params)
            write_arrays(paths.arrays(dataset, method, "probe", seed), arrays)
            for view in read_views(dataset, method, seed):
                path = paths.view_result(dataset, method, "probe", view, seed)
                with result(path, params, **identity, view=view, data_sha256=data.checksum) as filled:
                    read = read_codes(dataset, method, seed, view)
                    filled["code_dim"] = int(np.prod(read["test"].shape[1:]))
                    score(filled, read, data, params)
            parts = read_parts(dataset, method, seed)
            if len(parts) > 1:
                told = lifts_of_parts(codes, [part.dims for part in parts], data)
                path = paths.part_map(dataset, method, "probe", seed)
                write_part_map(path, parts, data.card["attribute_names"], told)
            shown.advance()


def score(
    filled: Result, codes: dict[str, np.ndarray], data: Prepared, params: dict[str, Any]
) -> dict[str, np.ndarray]:
    """Fill in the scores of codes {"train", "valid", "test": [n, ...]}, means over probe seeds; those per attribute."""
    settings = section(params, "evaluate.probe", Probe)
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in codes}
    seeds = [params["evaluate"]["seed"] + i for i in range(settings.seeds)]
    epochs = math.ceil(settings.steps * BATCH / len(flat["train"]))
    probed = linear_probe(
        flat["train"],
        known["train"],
        flat["valid"],
        known["valid"],
        flat["test"],
        seeds=seeds,
        epochs=epochs,
        batch_size=BATCH,
    )
    measured = probe_scores(probed, known["valid"], known["test"], groups=data.card["attribute_groups"])
    filled.add(measured)
    filled.update({f"n_{split}": len(rows) for split, rows in flat.items()})
    return measured.arrays


def lifts_of_parts(codes: dict[str, np.ndarray], parts: list[tuple[int, ...]], data: Prepared) -> np.ndarray:
    """AP lift of every attribute read from each part of the code alone, [parts, A], on test images."""
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in ("train", "test")}
    return part_lifts(codes["train"], known["train"], codes["test"], known["test"], parts)
