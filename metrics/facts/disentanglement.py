"""Disentanglement: what the stage disentangle writes."""

from diffrep.metrics.facts.number import DETAIL, TOTAL_DIMS, UNIT, Number
from diffrep.metrics.facts.sample import most_frequent, one_factor

GUESSED = "the most frequent value's share, mean over factors"
NEIGHBOURS = "0.3 to 0.8 for noise: read it beside InfoE"

DISENTANGLEMENT_NUMBERS = (
    Number(
        "factor_vae", "FactorVAE", "disentanglement", "up", 3, UNIT, "1 / number of factors",
        "How often the dimension that varies least tells which factor was held fixed.", True, one_factor, paired=True,
    ),
    Number(
        "mig", "MIG", "disentanglement", "up", 3, UNIT, "near 0",
        "Lead of a factor's most informative dimension over the runner-up, in shares of the factor's entropy.", True,
    ),
    Number(
        "dci_disentanglement", "DCI D", "disentanglement", "up", 3, UNIT, "near 0",
        "Whether a dimension matters to one factor only, by the importances of boosted trees.", True,
    ),
    Number(
        "dci_completeness", "DCI C", "disentanglement", "up", 3, UNIT, "near 0",
        "Whether a factor sits in one dimension only, by the importances of boosted trees.",
    ),
    Number(
        "dci_informativeness", "DCI I", "disentanglement", "up", 3, UNIT, GUESSED,
        "Test accuracy of boosted trees that read each factor from the code.", chance_of=most_frequent,
    ),
    Number(
        "dci_disentanglement_permutation", "DCI D, perm.", "estimators", "up", 3, UNIT, "0",
        "DCI D with permutation importances of histogram trees; not comparable with DCI D.", True,
    ),
    Number(
        "dci_completeness_permutation", "DCI C, perm.", "estimators", "up", 3, UNIT, "0",
        "DCI C with permutation importances of histogram trees; not comparable with DCI C.",
    ),
    Number(
        "dci_informativeness_permutation", "DCI I, perm.", "estimators", "up", 3, UNIT, GUESSED,
        "Test accuracy of the histogram trees behind DCI D, perm.", chance_of=most_frequent,
    ),
    Number(
        "mig_quantile", "MIG, quantile bins", "estimators", "up", 3, UNIT, "near 0",
        "MIG with bins of equal counts, which no outlier can empty.",
    ),
    Number(
        "info_m", "InfoM", "estimators", "up", 3, UNIT, NEIGHBOURS,
        "Whether a dimension tells of one factor only, in information by nearest neighbours.",
    ),
    Number(
        "info_m_pruned", "InfoM, pruned", "estimators", "up", 3, UNIT, "undefined",
        "InfoM of the dimensions that share at least 0.05 of a factor's entropy.",
    ),
    Number(
        "info_c", "InfoC", "estimators", "up", 3, UNIT, NEIGHBOURS,
        "Whether a factor is told by one dimension only, in information by nearest neighbours.",
    ),
    Number(
        "info_e", "InfoE", "estimators", "up", 3, "up to 1", "0",
        "Share of the log-loss of knowing nothing that a linear model of the code saves.",
    ),
    Number(
        "active_dims", "active dims", "disentanglement", "", 0, TOTAL_DIMS, "", "Code dimensions that vary at all.",
    ),
    Number("total_dims", "total dims", "disentanglement", "", 0, "1 or more", "", "Length of the code."),
)  # fmt: skip

DISENTANGLEMENT_DETAIL_NUMBERS = (
    Number(
        "factor_vae_active_dims", "FactorVAE, dims", DETAIL, "", 0, TOTAL_DIMS, "",
        "Dimensions that FactorVAE looks at: with at least 0.01 of the largest deviation.",
    ),
    Number(
        "dci_train_accuracy", "DCI, training", DETAIL, "", 3, UNIT, "",
        "DCI I on the training rows; far above DCI I, D and C count what trees memorised.",
    ),
    Number(
        "dci_train_accuracy_permutation", "DCI, perm., training", DETAIL, "", 3, UNIT, "",
        "DCI I, perm. on the training rows.",
    ),
    Number(
        "info_e_test", "InfoE, test", DETAIL, "up", 3, "−1 to 1", "0",
        "InfoE on test rows, each factor at least −1.",
    ),
    Number(
        "active_latents", "InfoMEC, dims", DETAIL, "", 0, TOTAL_DIMS, "",
        "Dimensions that InfoMEC looks at: with a range above 0.05 of the largest.",
    ),
    Number(
        "info_m_left_out", "InfoM, left out", DETAIL, "", 0, TOTAL_DIMS, "",
        "Of those, dimensions that tell nothing.",
    ),
    Number(
        "info_c_left_out", "InfoC, left out", DETAIL, "", 0, "0 to factors", "", "Factors that nothing is told of.",
    ),
)  # fmt: skip
