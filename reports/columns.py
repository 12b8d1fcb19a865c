"""What is known of each metric: its title, which way is better, its digits, its range, what chance gives."""

from diffrep.reports.column import UNIT, Column
from diffrep.reports.counterfactual_columns import COUNTERFACTUAL_COLUMNS, OTHER_EDITS
from diffrep.reports.rows.scores import USED

GROUPS = {
    "summary": "Summary",
    "probe": "Attribute probe",
    "attribute group": "Average precision by attribute group",
    "disentanglement": "Disentanglement",
    "estimators": "Disentanglement by permutation, equal bins and neighbours",
    "diagnosis": "Use of the code while denoising",
    "reconstruction": "Reconstruction",
    "exact": "Exact counterfactuals",
    "exact scale": "Exact counterfactuals: no edit, and what is within reach",
    "counterfactual": "Counterfactuals, judged by the oracle",
    **OTHER_EDITS,
    "interpolation": "Interpolation, drift and size of the edits",
    "realism": "Realism of the edits",
    "training": "Training",
}
GROUP_METRIC = "average_precision_"

_COLUMNS = (
    Column(
        "average_precision", "AP", "probe", "up", 3, UNIT, "the attributes' prevalence",
        "Area under precision against recall of a linear probe on the frozen code, mean over attributes.", True,
    ),
    Column(
        "ap_lift", "AP lift", "probe", "up", 3, "up to 1", "0",
        "AP above prevalence as a share of what was left to gain, mean over attributes.",
    ),
    Column(
        "auroc", "AUROC", "probe", "up", 3, UNIT, "0.5",
        "Area under the probe's ROC curve, mean over attributes.",
    ),
    Column(
        "f1", "F1", "probe", "up", 3, UNIT, "2p / (1 + p) at prevalence p, calling everything positive",
        "F1 at the threshold that is best on validation data, mean over attributes.",
    ),
    Column(
        "f1_micro", "F1 micro", "probe", "up", 3, UNIT, "",
        "F1 of the pooled decisions, so common attributes count more.",
    ),
    Column(
        "prevalence", "prevalence", "probe", "", 3, UNIT, "",
        "Share of positive test images, mean over attributes.",
    ),
    Column(
        "factor_vae", "FactorVAE", "disentanglement", "up", 3, UNIT, "1 / number of factors",
        "How often the dimension that varies least tells which factor was held fixed.", True,
    ),
    Column(
        "mig", "MIG", "disentanglement", "up", 3, UNIT, "near 0",
        "Lead of a factor's most informative dimension over the runner-up, in shares of the factor's entropy.", True,
    ),
    Column(
        "dci_disentanglement", "DCI D", "disentanglement", "up", 3, UNIT, "near 0",
        "Whether a dimension matters to one factor only, by the importances of boosted trees.", True,
    ),
    Column(
        "dci_completeness", "DCI C", "disentanglement", "up", 3, UNIT, "near 0",
        "Whether a factor sits in one dimension only, by the importances of boosted trees.",
    ),
    Column(
        "dci_informativeness", "DCI I", "disentanglement", "up", 3, UNIT, "mean over factors of 1 / number of values",
        "Test accuracy of boosted trees that read each factor from the code.",
    ),
    Column(
        "dci_disentanglement_permutation", "DCI D, perm.", "estimators", "up", 3, UNIT, "0",
        "DCI D with permutation importances of histogram trees; not comparable with DCI D.", True,
    ),
    Column(
        "dci_completeness_permutation", "DCI C, perm.", "estimators", "up", 3, UNIT, "0",
        "DCI C with permutation importances of histogram trees; not comparable with DCI C.",
    ),
    Column(
        "dci_informativeness_permutation", "DCI I, perm.", "estimators", "up", 3, UNIT,
        "mean over factors of 1 / number of values", "Test accuracy of the histogram trees behind DCI D, perm.",
    ),
    Column(
        "mig_quantile", "MIG, quantile bins", "estimators", "up", 3, UNIT, "0",
        "MIG with bins of equal counts, which no outlier can empty.",
    ),
    Column(
        "info_m", "InfoM", "estimators", "up", 3, UNIT, "0.3 to 0.8 for noise: read it beside InfoE",
        "Whether a dimension tells of one factor only, in information by nearest neighbours.",
    ),
    Column(
        "info_m_pruned", "InfoM, pruned", "estimators", "up", 3, UNIT, "none",
        "InfoM of the dimensions that share at least 0.05 of a factor's entropy.",
    ),
    Column(
        "info_c", "InfoC", "estimators", "up", 3, UNIT, "0.3 to 0.8 for noise: read it beside InfoE",
        "Whether a factor is told by one dimension only, in information by nearest neighbours.",
    ),
    Column(
        "info_e", "InfoE", "estimators", "up", 3, "up to 1", "0",
        "Share of the log-loss of knowing nothing that a linear model of the code saves.",
    ),
    Column(
        "active_dims", "active dims", "disentanglement", "", 0, "0 to total dims", "",
        "Code dimensions that vary at all.",
    ),
    Column("total_dims", "total dims", "disentanglement", "", 0, "1 or more", "", "Length of the code."),
    Column(
        "code_use", "code use", "diagnosis", "up", 3, "up to 1", "0 if the code is ignored",
        "1 − error with its own code / error with another image's code, of the image seen in a noisy one, mean over "
        f"the times of high noise; below {USED:g} the method counts as ignoring its code.",
    ),
    *(
        Column(
            f"denoise_error_{code}_t999", f"error, {words}", "diagnosis", better, 4, "0 or more", "the mean_image row",
            f"Squared error in [0, 1] of the image seen in pure noise (t = 999) given {words}.",
        )
        for code, words, better in (
            ("own", "its own code", "down"), ("shuffled", "another image's code", ""), ("mean", "the mean code", ""),
        )
    ),
    Column(
        "mse_random_start", "MSE, random start", "reconstruction", "down", 4, "0 or more", "the mean_image row",
        "Squared error in [0, 1] decoding from noise: what the code alone carries; compares encoders.", True,
    ),
    Column(
        "psnr_random_start", "PSNR, random start", "reconstruction", "up", 2, "dB", "the mean_image row",
        "Peak signal-to-noise ratio per image, then mean, from noise.",
    ),
    Column(
        "ssim_random_start", "SSIM, random start", "reconstruction", "up", 3, "−1 to 1", "the mean_image row",
        "Structural similarity (11 × 11 Gaussian), from noise.",
    ),
    Column(
        "mse_inferred_start", "MSE, inferred start", "reconstruction", "down", 5, "0 or more", "the mean_image row",
        "Squared error decoding from the start that the image was inverted to: measures code and start together.",
    ),
    Column(
        "psnr_inferred_start", "PSNR, inferred start", "reconstruction", "up", 2, "dB", "the mean_image row",
        "PSNR from the inferred start.",
    ),
    Column(
        "ssim_inferred_start", "SSIM, inferred start", "reconstruction", "up", 3, "−1 to 1", "the mean_image row",
        "SSIM from the inferred start.",
    ),
    Column(
        "mse_shuffled_codes", "MSE, shuffled codes", "reconstruction", "", 4, "0 or more", "",
        "Squared error decoding with another image's code; where it is near MSE, random start, the code is ignored.",
    ),
    *COUNTERFACTUAL_COLUMNS,
    Column("steps", "steps", "training", "", 0, "", "", "Optimiser steps."),
    Column("images_seen", "images seen", "training", "", 0, "", "", "Steps times batch."),
    Column(
        "train_loss", "train loss", "training", "", 4, "", "",
        "Each method's own loss at the end: not comparable between methods.",
    ),
    Column("valid_loss", "valid loss", "training", "", 4, "", "", "The same loss on validation images."),
    Column(
        "parameters", "parameters", "training", "", 0, "", "",
        "All weights that the method uses, frozen ones included.",
    ),
    Column(
        "parameters_trained", "trained parameters", "training", "", 0, "", "",
        "Weights that this method's training changes.",
    ),
)  # fmt: skip

COLUMNS = {column.name: column for column in _COLUMNS}

VIEW_COLUMNS = [
    Column("code_dim", "dims", "views", "", 0, "1 or more", "", "Numbers in the code as it is read here."),
    *(COLUMNS[name] for name in ("average_precision", "ap_lift", "auroc", "factor_vae", "mig")),
    *(COLUMNS[name] for name in ("dci_disentanglement", "dci_disentanglement_permutation")),
    Column(
        "tokens_explained_mean", "explained, mean", "views", "up", 3, UNIT, "1 / token size",
        "Share of a token's variance that its one number holds, mean over tokens.",
    ),
    Column(
        "tokens_explained_min", "explained, least", "views", "up", 3, UNIT, "1 / token size",
        "The same of the worst token; below 0.5 the scores describe the projection more than that token.",
    ),
    Column("times_best", "best time", "views", "", 2, UNIT, "", "The time of the code that validation images chose."),
]  # fmt: skip


def by_group(group: str, present: list[str]) -> list[Column]:
    """The columns that table `group` shows, out of the metrics `present` in the results, in this file's order."""
    if group == "summary":
        return [c for c in _COLUMNS if c.summary and c.name in present]
    if group == "attribute group":
        return [_attribute_group(name) for name in present if name.startswith(GROUP_METRIC)]
    return [c for c in _COLUMNS if c.group == group and c.name in present]


def _attribute_group(name: str) -> Column:
    title = name.removeprefix(GROUP_METRIC)
    meaning = f"Average precision, mean over the attributes of group {title}."
    return Column(name, title, "attribute group", "up", 3, UNIT, "the group's prevalence", meaning)


def ordered(names: list[str]) -> list[str]:
    """Known metrics in this file's order, then all others by name."""
    known = list(COLUMNS)
    return [n for n in known if n in names] + sorted(set(names) - set(known))
