"""Every metric that `diffrep score` calls: where it is, which numbers it gives, what it costs."""

from diffrep.metrics.facts.extended import TRAINING_ROWS
from diffrep.metrics.facts.metric import ALONE, ATTRIBUTES, BOTH, POOL, QUICK, STANDARD, TARGETS, TEST, TRAIN, Metric
from diffrep.metrics.facts.probes import LOGISTIC_NUMBERS

DCI_NAMES = ("dci_disentanglement", "dci_completeness", "dci_informativeness", "dci_train_accuracy")

FACTOR_METRICS = (
    Metric(
        "factor_vae", "disentanglement.factor_vae:factor_vae", POOL, ("factor_vae", "factor_vae_active_dims"),
        seconds=1.2, grows_with=("dims",), presets=(QUICK, STANDARD),
        arguments={QUICK: {"train_votes": 2_000, "test_votes": 1_000}},
    ),
    Metric(
        "mig", "disentanglement.mig:mig", TRAIN, ("mig", "mig_quantile"),
        seconds=0.13, grows_with=("n_train", "dims", "targets"), presets=(QUICK, STANDARD),
    ),
    Metric(
        "dci", "disentanglement.dci:dci", BOTH, DCI_NAMES,
        seconds=10.0, grows_with=("n_train", "dims", "values"), presets=(STANDARD,), arguments={QUICK: {"rounds": 50}},
    ),
    Metric(
        "dci_permutation", "disentanglement.dci:dci_permutation", BOTH,
        tuple(f"{name}_permutation" for name in DCI_NAMES),
        seconds=33.0, grows_with=("n_train", "dims", "values"), presets=(QUICK,), arguments={QUICK: {"rounds": 50}},
    ),
    Metric(
        "info_mec", "disentanglement.info_mec:info_mec", BOTH,
        (
            "info_m", "info_m_pruned", "info_c", "info_e", "info_e_test",
            "active_latents", "info_m_left_out", "info_c_left_out",
        ),
        seconds=2.3, grows_with=("n_train", "dims", "targets"), presets=(QUICK, STANDARD),
    ),
    Metric(
        "beta_vae", "disentanglement.beta_vae:beta_vae", POOL, ("beta_vae",), seconds=2.5, grows_with=("dims",),
        arguments={QUICK: {"train_points": 2_000, "test_points": 1_000}},
    ),
    Metric(
        "sap", "disentanglement.sap:sap", BOTH, ("sap",), seconds=0.35, grows_with=("n_train", "dims", "values"),
    ),
    Metric(
        "sap_r2", "disentanglement.sap:sap_r2", TRAIN, ("sap_r2",),
        seconds=0.05, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "modularity", "disentanglement.modularity:modularity", TRAIN, ("modularity", "modularity_informative"),
        seconds=0.07, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "explicitness", "disentanglement.explicitness:explicitness", BOTH, ("explicitness",),
        seconds=0.43, grows_with=("n_train", "dims", "values"),
    ),
    Metric(
        "irs", "disentanglement.irs:irs", TRAIN, ("irs", "irs_active_dims"),
        seconds=0.08, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "med", "disentanglement.med:med", TRAIN,
        ("med_disentanglement", "med_completeness", "med_disentanglement_top2", "med_completeness_top2"),
        seconds=0.1, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "dci_lasso", "disentanglement.dci_lasso:dci_lasso", BOTH,
        (*(f"{name}_lasso" for name in DCI_NAMES[:3]), "dci_nrmse_lasso"),
        seconds=0.1, grows_with=("n_train", "dims", "dims", "targets"),
    ),
    Metric(
        "dci_forest", "disentanglement.dci_forest:dci_forest", BOTH, tuple(f"{name}_forest" for name in DCI_NAMES),
        seconds=18.0, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "dci_es", "disentanglement.dci_es:dci_es", BOTH,
        (
            "dci_es_explicitness", "dci_es_size", "dci_es_depth",
            "dci_es_disentanglement", "dci_es_completeness", "dci_es_informativeness",
        ),
        seconds=150.0, grows_with=("n_train", "dims", "targets"),
    ),
    Metric(
        "sample_efficiency", "probes.sample_efficiency:sample_efficiency", BOTH,
        tuple(
            name
            for classifier in ("logistic", "boosting")
            for name in (
                *(f"accuracy_{classifier}_{rows}" for rows in TRAINING_ROWS), f"sample_efficiency_{classifier}",
            )
        ),
        seconds=14.0, grows_with=("n_train", "dims", "values"),
    ),
    Metric(
        "unsupervised", "disentanglement.unsupervised:unsupervised", ALONE,
        (
            "gaussian_total_correlation", "gaussian_total_correlation_null",
            "gaussian_wasserstein_correlation", "gaussian_wasserstein_correlation_norm", "mutual_info_score",
        ),
        seconds=0.1, grows_with=("n_train", "dims", "dims"), of=TARGETS,
    ),
)  # fmt: skip

ATTRIBUTE_METRICS = (
    Metric(
        "probe", "probes.attribute_probe:attribute_probe", BOTH,
        ("average_precision", "ap_lift", "auroc", "f1", "f1_micro", "prevalence", "attributes_undefined"),
        seconds=2.0, grows_with=("n_train",), of=(ATTRIBUTES,), presets=(QUICK, STANDARD),
        arguments={QUICK: {"probes": 2}},
    ),
    Metric(
        "logistic", "probes.logistic_probe:logistic_scores", BOTH, tuple(row.name for row in LOGISTIC_NUMBERS),
        seconds=0.2, grows_with=("n_train", "dims", "targets"), of=(ATTRIBUTES,),
    ),
    Metric(
        "tad", "disentanglement.tad:tad", TEST,
        ("tad", "tad_captured", "tad_skipped_attributes", "tad_active_dims"),
        seconds=0.03, grows_with=("n_test", "dims", "targets"), of=(ATTRIBUTES,), presets=(QUICK, STANDARD),
    ),
)  # fmt: skip
