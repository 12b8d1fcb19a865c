"""What is known of the metrics of stage counterfactual, for each kind of edit.

A metric's name ends in its kind of edit; one without an ending is of the swap of one part.
"""

from diffrep.reports.column import UNIT, Column

OTHER_EDITS = {  # ending -> the table's title
    "_top": "Edits of the dimensions with the largest probe weights",
    "_direction": "Edits along a probe direction",
    "_direction_top": "Edits along the largest weights of a probe direction",
    "_direction_mask": "Edits along a probe direction, on a learned mask",
}
MEASURES = {  # what stands in a name -> what it is called, and in words
    "mse": ("MSE", "Squared error in [0, 1]"),
    "pd_effnet_lite0": ("PD", "Perceptual distance (EfficientNet-lite0 activations; no LPIPS)"),
}
IN_NO_TABLE = ""  # a group that only the CSV shows
ERROR = "0 or more"
SCALED = "any, 0 at best"


def judged(edit: str, group: str) -> list[Column]:
    """The oracle's three scores of one kind of edit."""
    what = "swapping a factor's part of the code" if edit == "" else "the edit"
    own = "the other image's value, of pairs whose decodes differ in it" if edit == "" else "the donor's true value"
    return [
        Column(
            f"efficacy{edit}", "efficacy", group, "up", 3, UNIT, "0 if the code is ignored",
            f"How often {what} brings {own}.",
        ),
        Column(
            f"preservation{edit}", "preservation", group, "up", 3, UNIT, "1 if the code is ignored",
            "How often the other factors stay as they were in that edit.",
        ),
        Column(
            f"faithfulness{edit}", "faithfulness", group, "up", 3, UNIT, "0 if the code is ignored",
            "Harmonic mean of efficacy and preservation.", edit == "",
        ),
    ]  # fmt: skip


def exact(edit: str, group: str) -> list[Column]:
    """The errors to the true counterfactual of one kind of edit, and what they say of the edit."""
    first = edit == ""
    return [
        Column(
            f"exact_gain{edit}", "exact gain", group, "up", 3, "up to 1", "0 without an edit",
            "Share of the needed change that was made: 1 − MSE, changed / the same without an edit, mean over factors; "
            "negative is worse than no edit.", first,
        ),
        Column(
            f"exact_spill{edit}", "exact spill", group, "down", 4, "−1 to 1", "0 without an edit",
            "Damage: by how much the edit raises the squared error where nothing had to change.",
        ),
        *_errors("mse", edit, group, first),
        *_errors("pd_effnet_lite0", edit, group, False),
    ]  # fmt: skip


def _errors(measure: str, edit: str, group: str, summary: bool) -> list[Column]:
    """The error of one kind of edit over all pixels, those that had to change, and the others."""
    title, words = MEASURES[measure]
    shown = measure == "mse" or edit == ""  # of other edits perceptual errors stand in the CSV only
    name, heading, unedited = f"exact_{measure}", f"exact {title}", "the unedited row"
    return [
        Column(
            f"{name}{edit}", heading, group if edit == "" else IN_NO_TABLE, "down", 4, ERROR, unedited,
            f"{words} from the edit to the true counterfactual, over all pixels.",
        ),
        Column(
            f"{name}_changed{edit}", f"{heading}, changed", group if shown else IN_NO_TABLE, "down", 4, ERROR, unedited,
            f"{words} from the edit to the true counterfactual where that differs from the source: what had to change.",
            summary,
        ),
        Column(
            f"{name}_stayed{edit}", f"{heading}, stayed", group if shown else IN_NO_TABLE, "down", 4, ERROR, "",
            f"{words} from the edit to the true counterfactual where that equals the source: what had to stay.",
            summary,
        ),
    ]  # fmt: skip


def _scale(ending: str, title: str, what: str) -> list[Column]:
    """Squared errors that no edit decides, to read the others by."""
    places = {"": "all pixels", "_changed": "where the image had to change", "_stayed": "where it had to stay"}
    return [
        Column(
            f"exact_mse{where}{ending}", f"MSE{where.replace('_', ', ')}, {title}", "exact scale", "down", 4, ERROR, "",
            f"Squared error in [0, 1] from {what} to the true counterfactual, {place}.",
        )
        for where, place in places.items()
    ]  # fmt: skip


def _other_edit(edit: str) -> list[Column]:
    steps = [
        Column(
            f"strength{edit}", "strength", edit, "", 2, "0 or more", "",
            "How far the code is moved, in ways between the centres of the two values along the direction: as far as "
            "shows the wanted value in half of the images, on pairs that are not judged, or in as many as can be.",
        ),
        Column(
            f"flipped{edit}", "flipped", edit, "", 2, UNIT, "0 if the code is ignored",
            "In how many of those images it does; below half no step did better, and preservation is not at equal "
            "efficacy.",
        ),
    ]  # fmt: skip
    shifts = [
        Column(
            f"logit_shift{edit}", "logit shift", edit, "up", 2, "any", "0 if the code is ignored",
            "How far the oracle's log-odds of the attribute go the wanted way, in their deviations over real images.",
        ),
        Column(
            f"logit_shift_others{edit}", "logit shift, others", edit, "down", 2, ERROR, "0 if the code is ignored",
            "How far those of hardly correlated attributes go, either way.",
        ),
    ]  # fmt: skip
    return judged(edit, edit) + (steps if edit.startswith("_direction") else []) + shifts + exact(edit, edit)


def _distance(extractor: str, name: str, title: str, kind: str, digits: int, floor: str) -> list[Column]:
    """A distance of edits to real images, and the edit's own share in it."""
    return [
        Column(
            f"cf_{name}", title, "realism", "down", digits, SCALED if "kernel" in kind else ERROR, floor,
            f"{kind} from edits to real training images on {extractor} features; comparable at equal n only.",
        ),
        Column(
            f"delta_{name}", f"Δ {title}", "realism", "down", digits, "any", "0 without an edit",
            f"{title} less that of the unedited decodes at equal n: the price of the edit.",
        ),
    ]  # fmt: skip


COUNTERFACTUAL_COLUMNS = [
    *judged("", "counterfactual"),
    Column(
        "cf_gap", "gap", "counterfactual", "up", 3, "−1 to 1", "near 0",
        "Lead of a factor's best part over its second best, mean over factors.",
    ),
    Column(
        "distinct_parts", "distinct parts", "counterfactual", "up", 1, "1 to factors judged", "1",
        "How many different parts serve as some factor's best.",
    ),
    Column(
        "noise_floor", "noise floor", "counterfactual", "down", 3, UNIT, "0 if the start is ignored",
        "How often the oracle reads another value when the same code is decoded from another start.",
    ),
    Column(
        "oracle_agreement", "oracle agreement", "counterfactual", "up", 3, UNIT,
        "mean over factors of 1 / number of values",
        "How often the oracle reads the true value from a source decoded from its own code; low: hard to judge.",
    ),
    Column(
        "factors_judged", "factors judged", "counterfactual", "", 0, "", "",
        "Factors or attributes whose oracle was accurate enough to judge by.",
    ),
    *exact("", "exact"),
    Column(
        "exact_factors_moved", "factors moved", "exact", "up", 1, "0 to the number of factors", "0",
        "How many factors some part changes by at least a twentieth of what was needed, on pairs that are not judged: "
        "the best part of the others does next to nothing.",
    ),
    *_scale("_null", "no edit", "the source, decoded unedited,"),
    *_scale("_reachable", "reachable", "the true counterfactual itself, encoded and decoded from its own start,"),
    *(column for edit in OTHER_EDITS for column in _other_edit(edit)),
    Column(
        "monotonicity", "monotonicity", "interpolation", "up", 3, "−1 to 1", "0",
        "Rank correlation of the way from a's to b's part with the oracle's log-odds of b's value against a's.",
    ),
    Column(
        "smoothness", "smoothness", "interpolation", "up", 3, UNIT, "",
        "Perceptual length (root of the distance) from end to end / sum of that of the steps: 1 is straight.",
    ),
    Column(
        "monotonicity_code", "monotonicity, whole code", "interpolation", "up", 3, "−1 to 1", "0",
        "The same of the whole code, with the start moved along the sphere.",
    ),
    Column("smoothness_code", "smoothness, whole code", "interpolation", "up", 3, UNIT, "", "The same, whole code."),
    Column(
        "composition_1", "drift, 1 null edit", "interpolation", "down", 4, ERROR, "the mean_image row",
        "Squared error to the source after encoding and decoding it once, unedited, from its inferred start.",
    ),
    Column(
        "composition_10", "drift, 10 null edits", "interpolation", "down", 4, ERROR, "the mean_image row",
        "The same after ten times in a row.",
    ),
    Column(
        "edit_mse", "edit size, MSE", "interpolation", "", 4, ERROR, "0 if the code is ignored",
        "Squared error between the edited and the unedited decode.",
    ),
    Column(
        "edit_pd_effnet_lite0", "edit size, PD", "interpolation", "", 4, ERROR, "0 if the code is ignored",
        "Perceptual distance (EfficientNet-lite0 activations; no LPIPS) between the edited and the unedited decode.",
    ),
    *_distance("EfficientNet-lite0", "fd_effnet_lite0", "FD", "Fréchet distance, no FID,", 1, "the real row"),
    *_distance("EfficientNet-lite0", "kd_effnet_lite0", "KD × 1,000", "Squared kernel distance", 2, "0, the real row"),
    *_distance("Inception", "fid", "FID", "Fréchet distance", 2, "the real row"),
    *_distance("Inception", "kid", "KID × 1,000", "Squared kernel distance", 2, "0, the real row"),
]  # fmt: skip
