"""Linear attribute probes on codes of a data set: the whole code, and each part of it alone."""

import math
from collections.abc import Mapping

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.facts.probes import PROBE_NUMBERS
from diffrep.metrics.means import defined_mean
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.metrics.noise import row_noise
from diffrep.metrics.probes.least_squares import part_lifts
from diffrep.metrics.probes.probe import Probed, linear_probe, probe_scores
from diffrep.metrics.probes.scores import average_precision
from diffrep.metrics.probes.targets import target_regression, target_scores
from diffrep.pipelines.core.sections import Probe
from diffrep.pipelines.evaluation.combinations import held_out, probes_apart

BATCH = 128
VALIDATION = "valid_average_precision"  # by which budgets are chosen, so that no test image has a part in it
NO_ATTRIBUTES = "not applicable: this data set has no binary attributes"


def probe_codes(codes: dict[str, np.ndarray], data: Prepared, settings: Probe, seed: int) -> Measured:
    """The scores of codes {"train", "valid", "test": [n, ...]}, means over probe seeds, and those per attribute.

    seed  of the first probe; validation rows choose epochs and thresholds, test rows are scored
    """
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    counts = Measured({f"n_{split}": len(rows) for split, rows in flat.items()})
    targets = [] if data.targets is None else [targets_told(flat, data)]
    return joined(attributes_told(flat, data, settings, seed), *targets, counts)


def attributes_told(flat: dict[str, np.ndarray], data: Prepared, settings: Probe, seed: int) -> Measured:
    """What linear probes tell of binary attributes."""
    if not data.attributes.shape[1]:
        return missing([VALIDATION, *(number.name for number in PROBE_NUMBERS)], NO_ATTRIBUTES)
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in flat}
    probed = fitted(flat, known, settings, seed)
    scores = probe_scores(probed, known["valid"], known["test"], groups=data.card["attribute_groups"])
    scores[VALIDATION] = mean_precision(probed.valid_logits, known["valid"])
    scores.noise |= row_noise(
        lambda rows: {"average_precision": mean_precision(probed.test_logits[:, rows], known["test"][rows])},
        len(flat["test"]),
        seed=seed,
    )
    return joined(scores, probes_apart(probed, known["valid"], known["test"], held_out(data, data.splits["test"])))


def fitted(flat: Mapping[str, np.ndarray], known: Mapping[str, np.ndarray], settings: Probe, seed: int) -> Probed:
    """Linear probes, one a seed from `seed` on, of codes [n, d] and attributes [n, A] of each split."""
    return linear_probe(
        *(flat["train"], known["train"], flat["valid"], known["valid"], flat["test"]),
        seeds=[seed + i for i in range(settings.seeds)],
        epochs=math.ceil(settings.steps * BATCH / len(flat["train"])),
        batch_size=BATCH,
    )


def mean_precision(logits: np.ndarray, attributes: np.ndarray) -> float:
    """Average precision of logits [seeds, n, A], mean over probe seeds and the attributes that have both values."""
    each = [average_precision(told, attributes) for told in logits]
    return float(defined_mean(np.mean(each, axis=0), axis=0))


def targets_told(flat: dict[str, np.ndarray], data: Prepared) -> Measured:
    """What a linear layer in closed form tells of real-valued targets."""
    known = {split: np.asarray(data.targets)[data.splits[split]] for split in flat}
    predictions = target_regression(flat["train"], known["train"], flat["valid"], known["valid"], flat["test"])
    return target_scores(predictions, known["test"])


def lifts_of_parts(codes: dict[str, np.ndarray], parts: list[tuple[int, ...]], data: Prepared) -> np.ndarray:
    """AP lift of every attribute read from each part of the code alone, [parts, A], on test images."""
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in ("train", "test")}
    return part_lifts(codes["train"], known["train"], codes["test"], known["test"], parts)
