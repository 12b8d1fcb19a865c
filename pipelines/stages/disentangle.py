"""Stage disentangle: FactorVAE, MIG, DCI and InfoMEC of codes of test images whose factors are known, and of views."""

from typing import Any

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.codes import dimension_counts, evaluation_rows
from diffrep.metrics.disentanglement.dci import dci, dci_permutation
from diffrep.metrics.disentanglement.factor_vae import factor_vae
from diffrep.metrics.disentanglement.info_mec import info_mec
from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.disentanglement.parts import part_information
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Disentangle
from diffrep.pipelines.stages.encode import read_codes, read_parts, read_views
from diffrep.pipelines.trained.part_maps import write_part_map

DCI = {"boosting": "", "permutation": "_permutation"}  # what its names end in
SCORES = ("disentanglement", "completeness", "informativeness")
OTHERS = ("factor_vae", "mig", "mig_quantile", "info_m", "info_c", "info_e")
WHOLE_SCORES = ("tokens_pca",)  # views that are a code of their own: on others DCI is not worth ten seconds


def disentangle(params: dict[str, Any], dataset: str, method: str) -> None:
    """Score the codes of every seed of the grid, on the pool of test images."""
    data = Prepared(paths.data(dataset))
    seeds = params["grid"]["seed"]
    with meter(f"disentangle {dataset} {method}", len(seeds)) as shown:
        for seed in seeds:
            identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "disentangle"}
            path = paths.result(dataset, method, "disentangle", seed)
            with result(path, params, **identity, data_sha256=data.checksum) as filled:
                codes = read_codes(dataset, method, seed)["test"]
                arrays = score(filled, codes, data, params)
            write_arrays(paths.arrays(dataset, method, "disentangle", seed), arrays)
            for view in read_views(dataset, method, seed):
                path = paths.view_result(dataset, method, "disentangle", view, seed)
                with result(path, params, **identity, view=view, data_sha256=data.checksum) as filled:
                    read = read_codes(dataset, method, seed, view)["test"]
                    score(filled, read, data, params, with_dci=view in WHOLE_SCORES)
            parts = read_parts(dataset, method, seed)
            if len(parts) > 1 and data.factors is not None:
                known = np.asarray(data.factors[data.splits["test"]])
                told = part_information(codes, known, [part.dims for part in parts])
                path = paths.part_map(dataset, method, "disentangle", seed)
                write_part_map(path, parts, data.card["factor_names"], told)
            shown.advance()


def score(
    filled: Result, codes: np.ndarray, data: Prepared, params: dict[str, Any], *, with_dci: bool = True
) -> dict[str, np.ndarray]:
    """Fill in the metrics of codes [n, ...] of the test split; the matrices behind them, as "metric.array"."""
    settings = section(params, "evaluate.disentangle", Disentangle)
    names = [f"dci_{name}{DCI[variant]}" for variant in settings.dci for name in SCORES]
    if data.factors is None:
        filled.not_applicable([*OTHERS, *names], "this data set has no ground-truth factors")
        return {}
    pool, seed = codes.reshape(len(codes), -1), params["evaluate"]["seed"]
    factors = np.asarray(data.factors[data.splits["test"]])
    rows = evaluation_rows(len(pool), settings.train, settings.test, seed)
    if rows.shortened:
        filled["notes"]["rows"] = f"the pool of {len(pool)} test images was split 2:1"
    train, test = (pool[rows.train], factors[rows.train]), (pool[rows.test], factors[rows.test])
    scores = {
        "codes": dimension_counts(train[0]),
        "factor_vae": factor_vae(
            pool, factors, seed=seed, train_votes=settings.votes_train, test_votes=settings.votes_test
        ),
        "mig": mig(*train),
        "info_mec": info_mec(*train, *test, seed=seed),
    }
    if with_dci and "boosting" in settings.dci:
        scores["dci"] = dci(*train, *test, rounds=settings.rounds)
    if with_dci and "permutation" in settings.dci:
        scores["dci_permutation"] = dci_permutation(*train, *test, seed=seed, rounds=settings.rounds)
    if not with_dci:
        filled.not_applicable(names, "importances are computed of a method's own code and of its tokens only")
    for measured in scores.values():
        filled.add(measured)
    filled.update(n_train=len(rows.train), n_test=len(rows.test))
    return {f"{metric}.{name}": array for metric, found in scores.items() for name, array in found.arrays.items()}
