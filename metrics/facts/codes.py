"""What the stage encode says of a code: whether the method looks at it, and how it is read."""

from diffrep.metrics.facts.number import DETAIL, ERROR, UNIT, Number

LEAST_CODE_USE = 0.05  # the share by which another image's code raises the error of a method that uses its own
GIVEN_CODES = (
    ("own", "its own code", "down"), ("shuffled", "another image's code", ""), ("mean", "the mean code", ""),
)  # fmt: skip

CODE_USE_NUMBERS = (
    Number(
        "code_use", "code use", "diagnosis", "up", 3, "up to 1", "0 if the code is ignored",
        "1 − error with its own code / error with another image's code, of the image seen in a noisy validation image, "
        f"mean over the times of high noise; below {LEAST_CODE_USE:g} the method counts as ignoring its code.",
    ),
    *(
        Number(
            f"denoise_error_{code}_t999", f"error, {words}", "diagnosis", better, 4, UNIT, "the mean_image row",
            f"Squared error in [0, 1] of the image seen in pure noise (t = 999) given {words}.",
        )
        for code, words, better in GIVEN_CODES
    ),
)  # fmt: skip

CODE_USE_FAMILIES = tuple(
    Number(
        f"denoise_error_{code}_t{{t}}", f"error at {{t}}, {words}", DETAIL, better, 4, UNIT, "the mean_image row",
        f"Squared error in [0, 1] of the image seen in one noised to time {{t}} given {words}.",
    )
    for code, words, better in GIVEN_CODES
)  # fmt: skip

READING_NUMBERS = (
    Number("code_dim", "dims", "views", "", 0, "1 or more", "", "Numbers in the code as it is read here."),
    Number(
        "tokens_explained_mean", "explained, mean", "views", "up", 3, UNIT, "1 / token size",
        "Share of a token's variance that its one number holds, mean over tokens.",
    ),
    Number(
        "tokens_explained_min", "explained, least", "views", "up", 3, UNIT, "1 / token size",
        "The same of the worst token; below 0.5 the scores describe the projection more than that token.",
    ),
    Number("times_best", "best time", "views", "", 2, UNIT, "", "The time of the code that validation images chose."),
    Number("code_use_from", "code use, from", DETAIL, "", 0, ERROR, "", "The time from which code use counts errors."),
)  # fmt: skip

TIME_FAMILIES = (
    Number(
        "times_ap_{t}", "AP, time {t}", DETAIL, "up", 3, UNIT, "the attributes' prevalence",
        "Average precision of the code of time number {t}, by least squares on validation images.",
    ),
)  # fmt: skip
