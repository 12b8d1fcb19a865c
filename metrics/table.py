"""Every metric that scores codes: its results, what they range over, what chance gives, what it costs.

The one place for all that; `diffrep score` runs what stands here. A new metric is one entry of `_METRICS`: nothing else
names it. Nothing is imported until a metric is asked for.
"""

from diffrep.metrics.entry import (
    ATTRIBUTES,
    PARTS,
    POOL,
    QUICK,
    SAMPLE,
    STANDARD,
    Metric,
    Number,
    all_positive,
    one_factor,
    one_value,
    prevalence,
)


def _dci(suffix: str, chance: str) -> tuple[Number, ...]:
    return (
        Number(f"dci_disentanglement{suffix}", chance),
        Number(f"dci_completeness{suffix}", chance),
        Number(f"dci_informativeness{suffix}", one_value),
        Number(f"dci_train_accuracy{suffix}", better=""),
    )


_METRICS = (
    # of factors
    Metric(
        "factor_vae", "factor_vae:factor_vae", POOL, seconds=1.2, grows_with=("dims",),
        numbers=(
            Number("factor_vae", one_factor),
            Number("factor_vae_active_dims", range="0 to total dims", better="", digits=0),
        ),
        presets=(QUICK, STANDARD), arguments={QUICK: {"train_votes": 2_000, "test_votes": 1_000}},
    ),
    Metric(
        "mig", "mig:mig", SAMPLE, seconds=0.13, grows_with=("n_train", "dims", "targets"),
        numbers=(Number("mig", "near 0"), Number("mig_quantile", "near 0")), presets=(QUICK, STANDARD),
    ),
    Metric(
        "dci", "dci:dci", PARTS, _dci("", "near 0"), seconds=179.0, grows_with=("n_train", "dims", "values"),
        presets=(STANDARD,),
    ),
    Metric(
        "dci_permutation", "dci:dci_permutation", PARTS, _dci("_permutation", "0"),
        seconds=33.0, grows_with=("n_train", "dims", "values"), presets=(QUICK,), arguments={QUICK: {"rounds": 50}},
    ),
    # of attributes
    Metric(
        "probe", "attribute_probe:attribute_probe", PARTS, seconds=2.0, grows_with=("n_train",), of=(ATTRIBUTES,),
        numbers=(
            Number("average_precision", prevalence),
            Number("ap_lift", "0", "up to 1"),
            Number("auroc", "0.5"),
            Number("f1", all_positive),
            Number("f1_micro"),
            Number("prevalence", better=""),
            Number("attributes_undefined", range="0 to attributes", better="", digits=0),
        ),
        presets=(QUICK, STANDARD), arguments={QUICK: {"probes": 1, "steps": 1_500}},
    ),
)  # fmt: skip

METRICS = {metric.name: metric for metric in _METRICS}
