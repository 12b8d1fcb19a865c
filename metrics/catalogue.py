# ruff: noqa: E501
"""Every metric that scores codes: its results, what they range over, what chance gives, what it costs.

The one place for all that; `diffrep score` runs what stands here. A new metric is one entry of `_METRICS`: nothing else
names it. Nothing is imported until a metric is asked for.
"""

from diffrep.metrics.entry import (
    ATTRIBUTES,
    CODES,
    KINDS,
    PARTS,
    POOL,
    QUICK,
    SAMPLE,
    STANDARD,
    TEST,
    Metric,
    Number,
    all_positive,
    one_factor,
    one_value,
    pooled_positive,
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
        "factor_vae", "disentanglement.factor_vae:factor_vae", POOL, seconds=1.2, grows_with=("dims",),
        numbers=(
            Number("factor_vae", one_factor),
            Number("factor_vae_active_dims", range="0 to total dims", better="", digits=0),
        ),
        presets=(QUICK, STANDARD), arguments={QUICK: {"train_votes": 2_000, "test_votes": 1_000}},
    ),
    Metric(
        "mig", "disentanglement.mig:mig", SAMPLE, seconds=0.13, grows_with=("n_train", "dims", "targets"),
        numbers=(Number("mig", "near 0"), Number("mig_quantile", "near 0")), presets=(QUICK, STANDARD),
    ),
    Metric(
        "dci", "disentanglement.dci:dci", PARTS, _dci("", "near 0"), seconds=10.0, grows_with=("n_train", "dims", "values"),
        presets=(STANDARD,),
    ),
    Metric(
        "dci_permutation", "disentanglement.dci:dci_permutation", PARTS, _dci("_permutation", "0"),
        seconds=33.0, grows_with=("n_train", "dims", "values"), presets=(QUICK,), arguments={QUICK: {"rounds": 50}},
    ),
    Metric(
        "info_mec", "disentanglement.info_mec:info_mec", PARTS, seconds=2.3, grows_with=("n_train", "dims", "targets"),
        numbers=(
            Number("info_m", "0.3 to 0.8"),
            Number("info_m_pruned", "undefined"),
            Number("info_c", "0.3 to 0.8"),
            Number("info_e", "0", "up to 1"),
            Number("info_e_test", "0", "-1 to 1"),
            Number("active_latents", range="0 to total dims", better="", digits=0),
            Number("info_m_left_out", range="0 to total dims", better="", digits=0),
            Number("info_c_left_out", range="0 to factors", better="", digits=0),
        ),
        presets=(QUICK, STANDARD),
    ),
    Metric(
        "beta_vae", "disentanglement.beta_vae:beta_vae", POOL, (Number("beta_vae", one_factor),), seconds=2.5, grows_with=("dims",),
        arguments={QUICK: {"train_points": 2_000, "test_points": 1_000}},
    ),
    Metric(
        "sap", "disentanglement.sap:sap", PARTS, (Number("sap", "near 0"),),
        seconds=0.35, grows_with=("n_train", "dims", "values"),
    ),
    Metric(
        "sap_r2", "disentanglement.sap:sap_r2", SAMPLE, (Number("sap_r2", "near 0"),),
        seconds=0.05, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "modularity", "disentanglement.modularity:modularity", SAMPLE, seconds=0.07, grows_with=("n_train", "dims", "targets"),
        numbers=(Number("modularity", "about 0.67"), Number("modularity_informative", "undefined")),
    ),
    Metric(
        "explicitness", "disentanglement.explicitness:explicitness", PARTS, (Number("explicitness", "0.5", "0.5 to 1"),),
        seconds=0.43, grows_with=("n_train", "dims", "values"),
    ),
    Metric(
        "irs", "disentanglement.irs:irs", SAMPLE, seconds=0.08, grows_with=("n_train", "dims", "targets"),
        numbers=(
            Number("irs", "0.3 to 0.4"), Number("irs_active_dims", range="0 to total dims", better="", digits=0),
        ),
    ),
    Metric(
        "med", "disentanglement.med:med", SAMPLE, seconds=0.1, grows_with=("n_train", "dims", "targets"),
        numbers=(
            Number("med_disentanglement", "near 0"), Number("med_completeness", "near 0"),
            Number("med_disentanglement_top2", "near 0"), Number("med_completeness_top2", "near 0"),
        ),
    ),
    Metric(
        "dci_lasso", "disentanglement.dci_lasso:dci_lasso", PARTS, seconds=0.1, grows_with=("n_train", "dims", "dims", "targets"),
        numbers=(
            Number("dci_disentanglement_lasso", "0"), Number("dci_completeness_lasso", "0"),
            Number("dci_informativeness_lasso", "0", "up to 1"), Number("dci_nrmse_lasso", "1", "0 or more", "down"),
        ),
    ),
    Metric(
        "dci_forest", "disentanglement.dci_forest:dci_forest", PARTS, _dci("_forest", "near 0"),
        seconds=18.0, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "dci_es", "disentanglement.dci_es:dci_es", PARTS, seconds=150.0, grows_with=("n_train", "dims", "targets"),
        numbers=(
            Number("dci_es_explicitness", "near 1: read it beside informativeness", "-1 to 1"),
            Number("dci_es_size", "factors / dims", "above 0"),
            Number("dci_es_disentanglement", "0.01 to 0.1"),
            Number("dci_es_completeness", "0.01 to 0.1"),
            Number("dci_es_informativeness", one_value),
        ),
    ),
    Metric(
        "unsupervised", "disentanglement.unsupervised:unsupervised", CODES, seconds=0.1, grows_with=("n_train", "dims", "dims"),
        of=KINDS,
        numbers=(
            Number("gaussian_total_correlation", "dims² / 4n", "0 or more", "down"),
            Number("gaussian_total_correlation_null", "0", "about 0 or more", "down"),
            Number("gaussian_wasserstein_correlation", "near 0", "0 or more", "down"),
            Number("gaussian_wasserstein_correlation_norm", "near 0", "0 to 2", "down"),
            Number("mutual_info_score", "19² / 2n", "0 or more", "down"),
        ),
    ),
    # of attributes
    Metric(
        "probe", "probes.attribute_probe:attribute_probe", PARTS, seconds=2.0, grows_with=("n_train",), of=(ATTRIBUTES,),
        numbers=(
            Number("average_precision", prevalence),
            Number("ap_lift", "0", "up to 1"),
            Number("auroc", "0.5"),
            Number("f1", all_positive),
            Number("f1_micro", pooled_positive),
            Number("prevalence", better=""),
            Number("attributes_undefined", range="0 to attributes", better="", digits=0),
        ),
        presets=(QUICK, STANDARD), arguments={QUICK: {"probes": 1, "steps": 1_500}},
    ),
    Metric(
        "tad", "disentanglement.tad:tad", TEST, seconds=0.03, grows_with=("n_test", "dims", "targets"), of=(ATTRIBUTES,),
        numbers=(
            Number("tad", "0", "0 to attributes / 2"),
            Number("tad_captured", "0", "0 to attributes", digits=0),
            Number("tad_skipped_attributes", range="0 to attributes", better="", digits=0),
            Number("tad_active_dims", range="0 to total dims", better="", digits=0),
        ),
        presets=(QUICK, STANDARD),
    ),
)  # fmt: skip

METRICS = {metric.name: metric for metric in _METRICS}
