"""PDAE's training, DRL's times, EncDiff's tokens and DiffSiam's terms, from made-up numbers."""

import pandas as pd
import pytest
from known_findings import known

from diffrep.reports.findings.claims import images_to_an_error, precision_over_time, tokens, two_terms

AP = "average_precision"
COLUMNS = ["row", "share", "metric", "images", "n", "mean", "sd"]
TOKENS = {"distinct_parts": (3.0, 4.0), "factors_judged": (5.0, 5.0), "parts": (16.0, 16.0)}


def budget(**errors: tuple[float, ...]) -> pd.DataFrame:
    lines = [
        (row, share, "mse_random_start", 1000 * share, 3, error, 0.001)
        for row, own in errors.items()
        for share, error in zip((0.25, 0.5, 1.0), own, strict=False)
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def test_images_to_each_others_error_are_those_of_the_first_share_that_has_it():
    points = budget(pdae=(0.02, 0.008, 0.006), diffae=(0.03, 0.02, 0.01))
    finding = images_to_an_error(known({"pdae": {AP: (0.5,)}, "diffae": {AP: (0.5,)}}, budget=points))
    assert finding.sentence.startswith(
        "pdae reaches the error from the code alone that diffae has after 1,000 images, 0.0100, after 500; diffae does "
        "not reach the error from the code alone that pdae has after 1,000 images, 0.0060: it has 0.0100 after 1,000"
    )
    assert "pdae 0.0060 ± 0.0010, diffae 0.0100 ± 0.0010" in finding.uncertainty


@pytest.mark.parametrize("points", [budget(pdae=(0.1, 0.2, 0.3)), budget(pdae=(0.1,), diffae=(0.1, 0.2, 0.3))])
def test_without_both_ways_nothing_is_said(points):
    assert images_to_an_error(known({"pdae": {AP: (0.5,)}}, budget=points)) is None


def test_the_best_time_is_told_beside_both_ends():
    curve = [(0.40, 0.44), (0.52, 0.48), (0.47, 0.51), (0.30, 0.32), (0.2, 0.2)]
    finding = precision_over_time(known({"drl_joint": {f"times_ap_{i}": own for i, own in enumerate(curve)}}))
    assert finding.sentence == (
        "The code of drl_joint tells most at time 0.2 of 0 to 1: average precision of linear least squares on "
        "validation images 0.500, where the code of the clean image has 0.420 and that at most noise 0.200."
    )
    assert "lies in 0.2 to 0.5" in finding.uncertainty


def test_a_code_that_is_level_is_not_said_to_tell_most_anywhere():
    curve = {f"times_ap_{i}": (value,) for i, value in enumerate((0.813, 0.8135, 0.814, 0.812, 0.8125))}
    finding = precision_over_time(known({"drl_joint": curve}))
    assert "The code of drl_joint tells as much at both ends as at its best time, 0.5 of 0 to 1" in finding.sentence
    assert "tells most" not in finding.sentence
    assert finding.uncertainty == "1 training seed (0); not tested"
    curve["times_ap_4"] = (0.808,)
    assert "tells most at time 0.5 of 0 to 1" in precision_over_time(known({"drl_joint": curve})).sentence


def test_a_code_without_times_says_nothing():
    assert precision_over_time(known({"drl": {AP: (0.5,)}})) is None


def test_tokens_are_counted_beside_the_factors():
    finding = tokens(known({"encdiff": TOKENS | {"efficacy": (0.5, 0.7), "preservation": (0.9, 0.8)}}))
    assert finding.sentence == (
        "Of encdiff's 16 tokens 3.5 serve the 5.0 factors that the oracle judges; the token that serves a factor "
        "brings the donor's value in 60 % of its swaps, and another factor stays in 85 %."
    )
    assert "between seeds 3 to 4 tokens serve, values come in 50 % to 70 %, other factors stay in 80 % to 90 %" in (
        finding.uncertainty
    )
    assert tokens(known({"encdiff": TOKENS})) is None


def test_of_one_seed_counts_are_whole_and_no_range_is_told():
    one = {"distinct_parts": (6.0,), "factors_judged": (6.0,), "parts": (16.0,)}
    finding = tokens(known({"encdiff": one | {"efficacy": (0.2,), "preservation": (0.91,)}}))
    assert "Of encdiff's 16 tokens 6 serve the 6 factors that the oracle judges" in finding.sentence
    assert finding.uncertainty == "1 training seed (0); not tested"


def test_diffsiam_stands_beside_the_rows_without_its_terms():
    rows = {
        "diffsiam": {AP: (0.60, 0.61, 0.62)},
        "diti": {AP: (0.60, 0.61, 0.60)},
        "simsiam": {AP: (0.30, 0.31, 0.32)},
    }
    finding = two_terms(known(rows))
    assert finding.sentence == (
        "In average precision diffsiam has 0.610; without the Siamese term (diti) 0.603, without the diffusion term "
        "(simsiam) 0.310 *; *: more than chance."
    )
    assert two_terms(known({"diffsiam": rows["diffsiam"], "diti": rows["diti"]})) is None


def test_where_no_difference_stands_that_is_said():
    rows = {name: {AP: (0.6, 0.5 + i / 50, 0.7)} for i, name in enumerate(("diffsiam", "diti", "simsiam"))}
    assert "no difference is more than chance" in two_terms(known(rows)).sentence
