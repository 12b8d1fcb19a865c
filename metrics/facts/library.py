"""Every public function that `diffrep score` does not call: a stage does, or whoever uses this package."""

from collections.abc import Iterable

from diffrep.metrics.facts.edits import INTERPOLATION_NUMBERS
from diffrep.metrics.facts.exact import exact_rows
from diffrep.metrics.facts.images import RECONSTRUCTION_NUMBERS
from diffrep.metrics.facts.metric import Function
from diffrep.metrics.facts.number import Number
from diffrep.metrics.facts.probes import (
    FACE_NUMBERS,
    LOGISTIC_NUMBERS,
    PROBE_DETAIL_NUMBERS,
    PROBE_NUMBERS,
    TARGET_NUMBERS,
)


def _names(rows: Iterable[Number], *words: str) -> tuple[str, ...]:
    """Names of rows, of those with one of the words in them where there are any."""
    return tuple(row.name for row in rows if not words or any(word in row.name for word in words))


PROBED_NAMES = _names((*PROBE_NUMBERS, *PROBE_DETAIL_NUMBERS))
JUDGED_NAMES = ("efficacy", "preservation", "faithfulness")
EXACT_ROWS = exact_rows("", "exact")

PROBE_FUNCTIONS = (
    Function("probes.scores:attribute_scores", "Scores of attributes from logits, also by group.", PROBED_NAMES),
    Function("probes.probe:linear_probe", "Logits of linear probes trained on one code, one probe per seed."),
    Function("probes.probe:probe_scores", "Scores of those logits, means over the probes.", PROBED_NAMES),
    Function("probes.logistic_probe:logistic_probe", "Logits of the linear probe solved exactly."),
    Function(
        "probes.calibration:decision_scores", "What decisions at a probability of one half are worth.",
        _names(LOGISTIC_NUMBERS, "accuracy", "half"),
    ),
    Function(
        "probes.calibration:calibration_error", "By how much probabilities differ from what comes true.",
        _names(LOGISTIC_NUMBERS, "calibration"),
    ),
    Function(
        "probes.faces:lfw_regression",
        "Real-valued attributes of people never seen, read by a linear layer; needs identities.",
    ),
    Function("probes.faces:ridge_regression", "The same in closed form."),
    Function("probes.targets:target_regression", "Predictions of real-valued targets, ridge regression."),
    Function("probes.targets:target_scores", "How close those come.", _names(TARGET_NUMBERS)),
    Function("probes.faces:regression_scores", "How close such predictions come.", _names(FACE_NUMBERS)),
    Function("edits.directions:softmax_probe", "Weights and centres of a factor's values, to move codes along."),
    Function("edits.pro_mask:pro_mask", "Few dimensions that tell a target, learned with their weights."),
)  # fmt: skip

CODE_FUNCTIONS = (
    Function("disentanglement.dci:dci_scores", "Disentanglement and completeness of any matrix of importances."),
    Function("disentanglement.parts:part_information", "What each part of a code tells of each factor."),
    Function("disentanglement.top_parts:top_parts", "The parts that are worth swapping."),
    Function("numerics.token_pca:token_pca", "Each token as one number, by its first principal component."),
)  # fmt: skip

IMAGE_FUNCTIONS = (
    Function(
        "images.reconstruction:reconstruction", "MSE, PSNR and SSIM of decoded images.", _names(RECONSTRUCTION_NUMBERS),
    ),
    Function("images.frechet:frechet_distance", "Fréchet distance of any two sets of features."),
    Function("images.fid:fid", "Fréchet distance of images on Inception features.", ("cf_fid", "delta_fid")),
    Function(
        "images.fid:fd", "The same of features that are there.",
        ("cf_fd_effnet_lite0", "delta_fd_effnet_lite0", "cf_fid", "delta_fid"),
    ),
    Function("images.kid:kid", "Squared kernel distance on Inception features.", ("cf_kid", "delta_kid")),
    Function(
        "images.kid:kd", "The same of features that are there.",
        ("cf_kd_effnet_lite0", "delta_kd_effnet_lite0", "cf_kid", "delta_kid"),
    ),
    Function("images.inception:inception_features", "Inception features of images, where the weights are."),
    Function(
        "images.lpips:lpips", "Perceptual distance by AlexNet, where its weights are.",
        ("lpips", "lpips_random_start", "lpips_inferred_start"),
    ),
    Function(
        "images.perceptual:perceptual_distance", "Perceptual distance of pairs of images.", ("edit_pd_effnet_lite0",),
    ),
    Function(
        "images.perceptual:perceptual_map", "The same, place by place.", _names(EXACT_ROWS, "pd_effnet_lite0"),
    ),
    Function("images.perceptual:perceptual_length", "Its root, for paths.", ("smoothness", "smoothness_code")),
)  # fmt: skip

EDIT_FUNCTIONS = (
    Function(
        "edits.counterfactual:counterfactual", "Scores of swapped parts, as an oracle reads them.",
        (*JUDGED_NAMES, "cf_gap", "distinct_parts", "noise_floor"),
    ),
    Function("edits.ranges:range_scores", "Scores of swapped ranges, which may serve several factors."),
    Function("edits.counterfactual:edit_scores", "Scores of any other edit.", JUDGED_NAMES),
    Function(
        "edits.exact:exact", "Errors of edits to their true counterfactuals.",
        _names(EXACT_ROWS, "mse", "gain", "spill"),
    ),
    Function("edits.exact:exact_perceptual", "The same, perceptual.", _names(EXACT_ROWS, "pd_effnet_lite0")),
    Function("edits.exact:exact_scores", "Both from errors of each case, for many resamples.", _names(EXACT_ROWS)),
    Function(
        "edits.interpolation:monotonicity", "Whether every step gains.", _names(INTERPOLATION_NUMBERS, "monotonicity"),
    ),
    Function("edits.interpolation:smoothness", "How direct a way is.", _names(INTERPOLATION_NUMBERS, "smoothness")),
)  # fmt: skip

CERTAINTY_FUNCTIONS = (
    Function("means:factor_mean", "The mean over cases within each factor, then over factors."),
    Function("uncertainty:row_intervals", "Intervals of scores over test rows, drawn again with fitted models fixed."),
    Function("uncertainty:block_interval", "Interval of a distance between sets of images, from disjoint blocks."),
    Function("noise:estimator_noise", "How far a score that draws moves from one estimator seed to another."),
    Function("noise:row_noise", "How far a score of rows moves from one sample of them to another, from blocks."),
    Function("noise:mean_noise", "The same of a mean over cases."),
    Function("comparison:differences", "Methods against a reference, over training seeds."),
    Function("comparison:no_spread", "Why two methods cannot be compared by their seeds."),
    Function("comparison:which_test", "Which t-test compares two methods."),
    Function("power:paired_power", "How often a test of differences seed by seed finds a true one."),
    Function("power:welch_power", "How often a test of two methods, each with its own seeds, does."),
    Function("power:smallest_difference", "The least difference that such a test finds four times in five."),
    Function("power:seeds_needed", "How many seeds would tell a difference."),
    Function("comparison:holm", "P-values corrected for how many tests there are."),
)  # fmt: skip
