"""Edits beside their true counterfactuals, for each kind of edit."""

from diffrep.metrics.facts.number import DETAIL, NO_TABLE, UNIT, Number

PERCEPTUAL_RANGE = "0 to 4"
MEASURES = {  # what stands in a name -> what it is called, in words, its range
    "mse": ("MSE", "Squared error in [0, 1]", UNIT),
    "pd_effnet_lite0": ("PD", "Perceptual distance (EfficientNet-lite0 activations; no LPIPS)", PERCEPTUAL_RANGE),
}
GAIN_TITLES = {"": "exact gain", "_direction": "exact gain, steered"}  # of the edits that the summary shows
PLACES = {"": "all pixels", "_changed": "where the image had to change", "_stayed": "where it had to stay"}


def exact_rows(edit: str, group: str) -> tuple[Number, ...]:
    """The errors to the true counterfactual of one kind of edit, and what they say of the edit.

    >>> [row.name for row in exact_rows("_top", "_top")][:2]
    ['exact_gain_top', 'exact_spill_top']
    """
    first = edit == ""
    return (
        Number(
            f"exact_gain{edit}", GAIN_TITLES.get(edit, "exact gain"), group, "up", 3, "up to 1", "0 without an edit",
            "Share of the squared error, where the image had to change, that the edit takes away: 1 − MSE, changed / "
            "the same without an edit, mean over factors; half of the way makes 0.75, negative is worse than no edit.",
            edit in GAIN_TITLES,
        ),
        Number(
            f"exact_spill{edit}", "exact spill", group, "down", 4, "−1 to 1", "0 without an edit",
            "Damage: by how much the edit raises the squared error where nothing had to change.",
        ),
        *_errors("mse", edit, group, first),
        *_errors("pd_effnet_lite0", edit, group, False),
    )  # fmt: skip


def _errors(measure: str, edit: str, group: str, summary: bool) -> tuple[Number, ...]:
    """The error of one kind of edit over all pixels, those that had to change, and the others."""
    title, words, bounds = MEASURES[measure]
    shown = measure == "mse" or edit == ""  # of other edits perceptual errors stand in the CSV only
    name, heading, unedited = f"exact_{measure}", f"exact {title}", "the unedited row"
    return (
        Number(
            f"{name}{edit}", heading, group if edit == "" else NO_TABLE, "down", 4, bounds, unedited,
            f"{words} from the edit to the true counterfactual, over all pixels.",
        ),
        Number(
            f"{name}_changed{edit}", f"{heading}, changed", group if shown else NO_TABLE, "down", 4, bounds, unedited,
            f"{words} from the edit to the true counterfactual where that differs from the source: what had to change.",
            summary,
        ),
        Number(
            f"{name}_stayed{edit}", f"{heading}, stayed", group if shown else NO_TABLE, "down", 4, bounds, "",
            f"{words} from the edit to the true counterfactual where that equals the source: what had to stay.",
            summary,
        ),
    )  # fmt: skip


def _scale(ending: str, title: str, what: str) -> tuple[Number, ...]:
    """Squared errors that no edit decides, to read the others by."""
    return tuple(
        Number(
            f"exact_mse{where}{ending}", f"MSE{where.replace('_', ', ')}, {title}", "exact scale", "down", 4, UNIT, "",
            f"Squared error in [0, 1] from {what} to the true counterfactual, {place}.",
        )
        for where, place in PLACES.items()
    )  # fmt: skip


def unedited_rows(edit: str, measures: tuple[str, ...] = tuple(MEASURES)) -> tuple[Number, ...]:
    """The errors without an edit on the pairs of one kind of edit.

    >>> [row.name for row in unedited_rows("_top", ("mse",))]
    ['exact_mse_null_top', 'exact_mse_changed_null_top', 'exact_mse_stayed_null_top']
    """
    return tuple(
        Number(
            f"exact_{measure}{where}_null{edit}", f"{MEASURES[measure][0]}{where.replace('_', ', ')}, no edit", DETAIL,
            "down", 4, MEASURES[measure][2], "",
            f"{MEASURES[measure][1]} from the source, decoded unedited, to the true counterfactual, {place}.",
        )
        for measure in measures
        for where, place in PLACES.items()
    )  # fmt: skip


EXACT_NUMBERS = (
    *exact_rows("", "exact"),
    Number(
        "exact_factors_moved", "factors moved", "exact", "up", 1, "0 to the number of factors", "0",
        "Of how many factors some part takes away at least a twentieth of that error, on pairs that are not judged: "
        "the best part of the others does next to nothing.",
    ),
    *_scale("_null", "no edit", "the source, decoded unedited,"),
    *_scale("_reachable", "reachable", "the true counterfactual itself, encoded and decoded from its own start,"),
)  # fmt: skip
