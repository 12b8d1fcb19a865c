"""Edits as the oracle judges them, for each kind of edit.

A number's name ends in its kind of edit; one without an ending is of the swap of one part.
"""

from diffrep.metrics.edits.strengths import STRENGTHS
from diffrep.metrics.facts.disentanglement import GUESSED
from diffrep.metrics.facts.exact import PERCEPTUAL_RANGE, exact_rows, unedited_rows
from diffrep.metrics.facts.number import ERROR, UNIT, Number

LONGEST_STEP = STRENGTHS[-1]
OTHER_EDITS = {  # ending -> the table's title
    "_top": "Edits of the dimensions with the largest probe weights",
    "_direction": "Edits along a probe direction",
    "_direction_top": "Edits along the largest weights of a probe direction",
    "_direction_mask": "Edits along a probe direction, on a learned mask",
}


def _judged(edit: str, group: str) -> tuple[Number, ...]:
    """The oracle's three scores of one kind of edit."""
    what = "swapping a factor's part of the code" if edit == "" else "the edit"
    own = "the other image's value, of pairs whose decodes differ in it" if edit == "" else "the donor's true value"
    return (
        Number(
            f"efficacy{edit}", "efficacy", group, "up", 3, UNIT, "0 if the code is ignored",
            f"How often {what} brings {own}.",
        ),
        Number(
            f"preservation{edit}", "preservation", group, "up", 3, UNIT, "1 if the code is ignored",
            "How often the other factors stay as they were in that edit.",
        ),
        Number(
            f"faithfulness{edit}", "faithfulness", group, "up", 3, UNIT, "0 if the code is ignored",
            "Harmonic mean of efficacy and preservation.", edit == "",
        ),
    )  # fmt: skip


def _other_edit(edit: str) -> tuple[Number, ...]:
    """All that is written of an edit but the swap."""
    steps = (
        Number(
            f"strength{edit}", "strength", edit, "", 2, f"{STRENGTHS[0]:g} to {LONGEST_STEP:g}", "",
            "How far the code is moved, in ways between the centres of the two values along the direction: as far as "
            "shows the wanted value in half of the images, on pairs that are not judged, or in as many as can be.",
        ),
        Number(
            f"flipped{edit}", "flipped", edit, "", 2, UNIT, "0 if the code is ignored",
            "In how many of those images it does; below half no step did better, and preservation is not at equal "
            "efficacy.",
        ),
    )  # fmt: skip
    shifts = (
        Number(
            f"logit_shift{edit}", "logit shift", edit, "up", 2, "any", "0 if the code is ignored",
            "How far the oracle's log-odds of the attribute go the wanted way, in their deviations over real images.",
        ),
        Number(
            f"logit_shift_others{edit}", "logit shift, others", edit, "down", 2, ERROR, "0 if the code is ignored",
            "How far those of hardly correlated attributes go, either way.",
        ),
    )  # fmt: skip
    return (*_judged(edit, edit), *(steps if edit.startswith("_direction") else ()), *shifts, *exact_rows(edit, edit))


SWAP_NUMBERS = (
    *_judged("", "counterfactual"),
    Number(
        "cf_gap", "gap", "counterfactual", "up", 3, "−1 to 1", "near 0",
        "Lead of a factor's best part over its second best, mean over factors.",
    ),
    Number(
        "distinct_parts", "distinct parts", "counterfactual", "up", 1, "1 to factors judged", "1",
        "How many different parts serve as some factor's best.",
    ),
    Number(
        "noise_floor", "noise floor", "counterfactual", "down", 3, UNIT, "0 if the start is ignored",
        "How often the oracle reads another value when the same code is decoded from another start.",
    ),
    Number(
        "oracle_agreement", "oracle agreement", "counterfactual", "up", 3, UNIT, GUESSED,
        "How often the oracle reads the true value from a source decoded from its own code; low: hard to judge.",
    ),
    Number(
        "factors_judged", "factors judged", "counterfactual", "", 0, "", "",
        "Factors or attributes whose oracle was accurate enough to judge by.",
    ),
    Number(
        "parts_tried", "parts tried", "counterfactual", "", 0, "", "",
        "Parts of the code that were swapped: on validation images those that tell most of a factor, and some by lot.",
    ),
    Number("parts", "parts", "counterfactual", "", 0, "", "", "Parts of the code that there are."),
)  # fmt: skip

RANGES = {"": "", "_early": ", early", "_middle": ", middle", "_late": ", late"}  # in a name -> behind its title
RANGE_NUMBERS = (
    *(
        row
        for part, title in RANGES.items()
        for row in (
            Number(
                f"efficacy_ranges{part}", f"efficacy{title}", "ranges", "up", 3, UNIT, "0 if the code is ignored",
                "How often swapping the blocks of a third of the times brings the other image's value of a factor that "
                f"they serve{'; mean over the thirds that serve one' if part == '' else ''}.",
            ),
            Number(
                f"preservation_ranges{part}", f"preservation{title}", "ranges", "up", 3, UNIT,
                "1 if the code is ignored",
                "How often the factors that those blocks do not serve stay as they were in that swap.",
            ),
            Number(
                f"faithfulness_ranges{part}", f"faithfulness{title}", "ranges", "up", 3, UNIT,
                "0 if the code is ignored", "Harmonic mean of efficacy and preservation.",
            ),
        )
    ),
    Number(
        "distinct_ranges", "distinct thirds", "ranges", "up", 1, "0 to 3", "1",
        "How many of the three thirds of the times serve some factor best.",
    ),
)  # fmt: skip

EDIT_NUMBERS = tuple(row for edit in OTHER_EDITS for row in _other_edit(edit))

INTERPOLATION_NUMBERS = (
    Number(
        "monotonicity", "monotonicity", "interpolation", "up", 3, "−1 to 1", "0",
        "Rank correlation of the way from a's to b's part with the oracle's log-odds of b's value against a's.",
    ),
    Number(
        "smoothness", "smoothness", "interpolation", "up", 3, UNIT, "",
        "Perceptual length (root of the distance) from end to end / sum of that of the steps: 1 is straight.",
    ),
    Number(
        "monotonicity_code", "monotonicity, whole code", "interpolation", "up", 3, "−1 to 1", "0",
        "The same of the whole code, with the start moved along the sphere.",
    ),
    Number("smoothness_code", "smoothness, whole code", "interpolation", "up", 3, UNIT, "", "The same, whole code."),
    Number(
        "composition_1", "drift, 1 null edit", "interpolation", "down", 4, UNIT, "the mean_image row",
        "Squared error to the source after encoding and decoding it once, unedited, from its inferred start.",
    ),
    Number(
        "composition_10", "drift, 10 null edits", "interpolation", "down", 4, UNIT, "the mean_image row",
        "The same after ten times in a row.",
    ),
    Number(
        "edit_mse", "edit size, MSE", "interpolation", "", 4, UNIT, "0 if the code is ignored",
        "Squared error between the edited and the unedited decode.",
    ),
    Number(
        "edit_pd_effnet_lite0", "edit size, PD", "interpolation", "", 4, PERCEPTUAL_RANGE, "0 if the code is ignored",
        "Perceptual distance (EfficientNet-lite0 activations; no LPIPS) between the edited and the unedited decode.",
    ),
)  # fmt: skip

UNEDITED_NUMBERS = (
    *unedited_rows("", ("pd_effnet_lite0",)),
    *(row for edit in OTHER_EDITS for row in unedited_rows(edit)),
)
