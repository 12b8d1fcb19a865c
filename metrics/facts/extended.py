"""What `diffrep score` measures of codes beyond what any stage writes."""

from diffrep.metrics.facts.disentanglement import GUESSED
from diffrep.metrics.facts.number import ERROR, TOTAL_DIMS, UNIT, Number
from diffrep.metrics.facts.sample import most_frequent, one_factor

EXTENDED = "extended"
TRAINING_ROWS = (10, 100, 1_000, 10_000)  # that the classifiers of sample efficiency are fitted to


def _trees(ending: str, title: str, chance: str, trees: str) -> tuple[Number, ...]:
    """DCI of another predictor."""
    return (
        Number(
            f"dci_disentanglement{ending}", f"DCI D, {title}", EXTENDED, "up", 3, UNIT, chance,
            f"DCI D with the importances of {trees}.",
        ),
        Number(
            f"dci_completeness{ending}", f"DCI C, {title}", EXTENDED, "up", 3, UNIT, chance,
            f"DCI C with the importances of {trees}.",
        ),
    )  # fmt: skip


def _efficiency(classifier: str, title: str) -> tuple[Number, ...]:
    """How well one classifier reads factors, and how little changes with few rows."""
    return (
        *(
            Number(
                f"accuracy_{classifier}_{rows}", f"accuracy, {title}, {rows:,} rows", EXTENDED, "up", 3, UNIT, GUESSED,
                f"Test accuracy of {title} fitted to {rows:,} rows, mean over factors.", chance_of=most_frequent,
            )
            for rows in TRAINING_ROWS
        ),
        Number(
            f"sample_efficiency_{classifier}", f"sample efficiency, {title}", EXTENDED, "up", 3, ERROR, "about 1",
            "Accuracy of 100 rows / accuracy of 10,000; near 1 also where nothing is learned: read it beside them.",
        ),
    )  # fmt: skip


EXTENDED_NUMBERS = (
    Number(
        "beta_vae", "BetaVAE", EXTENDED, "up", 3, UNIT, "1 / number of factors",
        "How often a linear classifier tells from mean differences which factor was held fixed.", False, one_factor,
    ),
    Number(
        "sap", "SAP", EXTENDED, "up", 3, UNIT, "near 0",
        "Lead of the dimension that predicts a factor best over the runner-up, in test accuracy; a perfect code of "
        "factors of many values stays far below 1.",
    ),
    Number(
        "sap_r2", "SAP, R²", EXTENDED, "up", 3, UNIT, "near 0",
        "Lead of the dimension most correlated with a factor over the runner-up, in squared correlation.",
    ),
    Number(
        "modularity", "modularity", EXTENDED, "up", 3, UNIT, "about 0.67",
        "Whether a dimension tells of one factor only; high for noise: read it beside what is known.",
    ),
    Number(
        "modularity_informative", "modularity, informative", EXTENDED, "up", 3, UNIT, "undefined",
        "The same of dimensions that know more of a factor than chance.",
    ),
    Number(
        "explicitness", "explicitness", EXTENDED, "up", 3, UNIT, "0.5",
        "Area under the ROC curve of each value against all others, by logistic regression, mean over factors.",
    ),
    Number(
        "irs", "IRS", EXTENDED, "up", 3, "up to 1", "0.3 to 0.4",
        "How little a dimension moves while its factor is held and the others change.",
    ),
    Number("irs_active_dims", "IRS, dims", EXTENDED, "", 0, TOTAL_DIMS, "", "Dimensions that IRS looks at."),
    *(
        Number(
            f"med_{name}{ending}", f"MED {letter}{title}", EXTENDED, "up", 3, UNIT, "near 0",
            f"DCI {letter} with mutual information as importance{words}.",
        )
        for ending, title, words in (
            ("", "", ""), ("_top2", ", top 2", ", of the two dimensions of highest D of each factor"),
        )
        for name, letter in (("disentanglement", "D"), ("completeness", "C"))
    ),
    *_trees("_lasso", "lasso", "0", "lasso regressions"),
    Number(
        "dci_informativeness_lasso", "DCI I, lasso", EXTENDED, "up", 3, "up to 1", "0",
        "R squared of the lasso regressions on test rows.",
    ),
    Number(
        "dci_nrmse_lasso", "DCI, lasso, NRMSE", EXTENDED, "down", 3, ERROR, "1",
        "Their root mean squared error in standard deviations of the training rows.",
    ),
    *_trees("_forest", "forest", "near 0", "random forests"),
    Number(
        "dci_informativeness_forest", "DCI I, forest", EXTENDED, "up", 3, UNIT, GUESSED,
        "Test accuracy of the random forests.", chance_of=most_frequent,
    ),
    Number(
        "dci_train_accuracy_forest", "DCI, forest, training", EXTENDED, "", 3, UNIT, "", "The same on training rows.",
    ),
    Number(
        "dci_es_explicitness", "DCI-ES E", EXTENDED, "up", 3, "−1 to 1", "near 1: read it beside informativeness",
        "How little capacity a predictor needs to tell all that it can from the code.",
    ),
    Number(
        "dci_es_size", "DCI-ES S", EXTENDED, "up", 3, "above 0", "factors / dims",
        "Factors over dimensions; above 1 a code cannot be complete.",
    ),
    Number(
        "dci_es_depth", "DCI-ES depth", EXTENDED, "", 0, "0 to 32", "",
        "The depth of the forests with the best test accuracy, the least of equals.",
    ),
    Number(
        "dci_es_disentanglement", "DCI-ES D", EXTENDED, "up", 3, UNIT, "0.01 to 0.1",
        "DCI D of the forests of the depth with the best test accuracy.",
    ),
    Number(
        "dci_es_completeness", "DCI-ES C", EXTENDED, "up", 3, UNIT, "0.01 to 0.1", "DCI C of the same forests.",
    ),
    Number(
        "dci_es_informativeness", "DCI-ES I", EXTENDED, "up", 3, UNIT, GUESSED, "Test accuracy of the same forests.",
        chance_of=most_frequent,
    ),
    *_efficiency("logistic", "logistic regression"),
    *_efficiency("boosting", "boosted trees"),
    Number(
        "gaussian_total_correlation", "total correlation", EXTENDED, "down", 3, ERROR, "dims (dims − 1) / 4n",
        "Information that the dimensions share, nats, of the Gaussian with the codes' covariance.",
    ),
    Number(
        "gaussian_total_correlation_null", "total correlation less chance", EXTENDED, "down", 3, "any", "0",
        "The same less what independent dimensions have on average; 0 or below: the sample shows no dependence.",
    ),
    Number(
        "gaussian_wasserstein_correlation", "Wasserstein correlation", EXTENDED, "down", 3, ERROR, "near 0",
        "Squared distance of that Gaussian from independent dimensions of the same variances.",
    ),
    Number(
        "gaussian_wasserstein_correlation_norm", "Wasserstein correlation, norm.", EXTENDED, "down", 3, "0 to 2",
        "near 0", "The same over the total variance, free of one scale for all dimensions.",
    ),
    Number(
        "mutual_info_score", "mutual information", EXTENDED, "down", 3, ERROR, "19² / 2n",
        "Information that two dimensions share, nats, in 20 bins, mean over pairs.",
    ),
)  # fmt: skip
