"""Attributes and labels read from a code."""

from diffrep.metrics.facts.extended import EXTENDED
from diffrep.metrics.facts.number import DETAIL, TOTAL_DIMS, UNIT, Number
from diffrep.metrics.facts.sample import all_positive, most_frequent, pooled_positive, prevalence

ALL_POSITIVE = "2p / (1 + p) at prevalence p, calling everything positive"

PROBE_NUMBERS = (
    Number(
        "average_precision", "AP", "probe", "up", 3, UNIT, "the attributes' prevalence",
        "Area under precision against recall of a linear probe on the frozen code, mean over attributes.", True,
        prevalence,
    ),
    Number(
        "ap_lift", "AP lift", "probe", "up", 3, "up to 1", "0",
        "AP above prevalence as a share of what was left to gain, mean over attributes.",
    ),
    Number(
        "auroc", "AUROC", "probe", "up", 3, UNIT, "0.5",
        "Area under the probe's ROC curve, mean over attributes.",
    ),
    Number(
        "f1", "F1", "probe", "up", 3, UNIT, ALL_POSITIVE,
        "F1 at the threshold that is best on validation data, mean over attributes.", chance_of=all_positive,
    ),
    Number(
        "f1_micro", "F1 micro", "probe", "up", 3, UNIT, ALL_POSITIVE,
        "F1 of the pooled decisions, so common attributes count more.", chance_of=pooled_positive,
    ),
    Number(
        "prevalence", "prevalence", "probe", "", 3, UNIT, "",
        "Share of positive test images, mean over attributes.",
    ),
)  # fmt: skip

DECIDED = "0 where attributes are rare"
ATTRIBUTE_GROUP = "attribute group"
GROUP_FAMILIES = (  # the longest beginning first
    Number(
        "average_precision_{group}", "{group}", ATTRIBUTE_GROUP, "up", 3, UNIT, "the group's prevalence",
        "Average precision, mean over the attributes of group {group}.",
    ),
    Number("ap_lift_{group}", "AP lift, {group}", DETAIL, "up", 3, "up to 1", "0", "AP lift of group {group}."),
    Number("auroc_{group}", "AUROC, {group}", DETAIL, "up", 3, UNIT, "0.5", "AUROC of group {group}."),
    Number(
        "f1_micro_{group}", "F1 micro, {group}", DETAIL, "up", 3, UNIT, ALL_POSITIVE, "F1 micro of group {group}.",
    ),
    Number("f1_{group}", "F1, {group}", DETAIL, "up", 3, UNIT, ALL_POSITIVE, "F1 of group {group}."),
    Number("prevalence_{group}", "prevalence, {group}", DETAIL, "", 3, UNIT, "", "Prevalence of group {group}."),
)  # fmt: skip

PROBE_DETAIL_NUMBERS = (
    Number(
        "attributes_undefined", "attributes left out", DETAIL, "", 0, "0 to attributes", "",
        "Attributes without a positive or a negative on the test rows.",
    ),
)  # fmt: skip

VALIDATION_NUMBERS = (
    Number(
        "valid_average_precision", "AP on validation images", DETAIL, "up", 3, UNIT, "the attributes' prevalence",
        "Average precision on the images that chose the probe's epoch: for the choice of budgets, not of methods.",
    ),
)  # fmt: skip

LOGISTIC_NUMBERS = (
    *(
        Number(
            f"logistic_{row.name}", f"{row.title}, logistic", EXTENDED, row.better, row.digits, row.range, row.chance,
            f"{row.title} of the linear probe solved exactly; the AP of the trained one lacks about 0.01, more where "
            "the dimensions of a code go together.",
            chance_of=row.chance_of,
        )
        for row in (*PROBE_NUMBERS, *PROBE_DETAIL_NUMBERS)
    ),
    Number(
        "logistic_accuracy", "accuracy, logistic", EXTENDED, "up", 3, UNIT, "accuracy of the majority",
        "Accuracy of deciding at a probability of one half, mean over attributes.", chance_of=most_frequent,
    ),
    Number(
        "logistic_majority_accuracy", "accuracy of the majority", EXTENDED, "", 3, UNIT, "",
        "The same of naming each attribute's more frequent value.",
    ),
    Number(
        "logistic_balanced_accuracy", "balanced accuracy, logistic", EXTENDED, "up", 3, UNIT, "0.5",
        "The mean of both values' own accuracies.",
    ),
    Number(
        "logistic_f1_half", "F1 at one half, logistic", EXTENDED, "up", 3, UNIT, DECIDED,
        "F1 of deciding at a probability of one half, mean over attributes.",
    ),
    Number(
        "logistic_f1_half_micro", "F1 micro at one half, logistic", EXTENDED, "up", 3, UNIT, DECIDED,
        "The same of the pooled decisions.",
    ),
    Number(
        "logistic_calibration_error", "calibration error, logistic", EXTENDED, "down", 3, UNIT, "below 0.1",
        "By how much probabilities differ from what comes true; small also for a probe that says the prevalence, and "
        "larger for a clear code that little weight is enough for.",
    ),
)  # fmt: skip

TAD_NUMBERS = (
    Number(
        "tad", "TAD", EXTENDED, "up", 3, "0 to attributes / 2", "0",
        "Lead of an attribute's best detecting dimension over the runner-up, summed over captured attributes.",
    ),
    Number(
        "tad_captured", "TAD, captured", EXTENDED, "up", 0, "0 to attributes", "0",
        "Attributes with a dimension of AUROC 0.75 or more.",
    ),
    Number(
        "tad_skipped_attributes", "TAD, skipped", EXTENDED, "", 0, "0 to attributes", "",
        "Attributes with too few cases.",
    ),
    Number("tad_active_dims", "TAD, dims", EXTENDED, "", 0, TOTAL_DIMS, "", "Dimensions that TAD looks at."),
)  # fmt: skip

TARGET_NUMBERS = (
    Number(
        "target_r", "r of targets", "probe", "up", 3, "−1 to 1", "0",
        "Pearson's correlation of predicted with true values of real-valued targets, mean over targets.", True,
    ),
    Number(
        "target_nmse", "MSE / variance of targets", "probe", "down", 3, "0 or more", "1",
        "Squared error of those predictions over each target's variance, mean over targets.",
    ),
    Number(
        "target_mse", "MSE", DETAIL, "down", 3, "0 or more", "the targets' variance",
        "The same error in the targets' own units.",
    ),
    Number(
        "target_r_undefined", "targets left out", DETAIL, "", 0, "0 to targets", "",
        "Targets with a constant prediction or value.",
    ),
)  # fmt: skip

FACE_NUMBERS = (
    Number(
        "lfw_r", "r", EXTENDED, "up", 3, "−1 to 1", "0",
        "Pearson's correlation of predicted with true attributes of people never seen, mean over attributes.",
    ),
    Number(
        "lfw_mse", "MSE", EXTENDED, "down", 3, "0 or more", "the attributes' variance",
        "Squared error of those predictions in the attributes' own units.",
    ),
    Number(
        "lfw_nmse", "MSE / variance", EXTENDED, "down", 3, "0 or more", "1", "The same over each attribute's variance.",
    ),
    Number(
        "lfw_r_undefined", "r, left out", EXTENDED, "", 0, "0 to attributes", "",
        "Attributes with a constant prediction or value.",
    ),
)  # fmt: skip
