"""DiTi beside PDAE, and its map of blocks beside the times at which noise takes factors."""

import numpy as np
import pytest
from known_findings import known, result
from scipy import stats

from diffrep.pipelines.core.paths import part_map
from diffrep.reports.findings.diti import blocks_over_time, codes_beside_pdae, rank_correlations

AP, DCI, FAITHFUL = "average_precision", "dci_disentanglement", "faithfulness_ranges"
FACTORS = {"fine": 100.0, "middle": 400.0, "coarse": 700.0, "never": None}
SETTINGS = {
    "diti": {"code_dim": 4, "encoder": "conv", "blocks": {"count": 8, "partition": "balanced", "mode": "base"}},
    "pdae": {"code_dim": 4, "encoder": "conv"},
    "diti_unequal": {"adapter": "diti", "blocks": {"count": 8, "partition": "unequal", "mode": "base"}},
}
LOW, HIGH = (0.40, 0.42, 0.41), (0.60, 0.61, 0.59)


def pair(metric: str, diti: tuple[float, ...], pdae: tuple[float, ...]) -> dict:
    return {"diti": {metric: diti}, "pdae": {metric: pdae}}


def test_codes_are_laid_side_by_side_with_their_test():
    scores = {"diti": {AP: HIGH, DCI: LOW}, "pdae": {AP: LOW, DCI: LOW[::-1]}, "diti_unequal": {AP: (0.5, 0.5, 0.5)}}
    finding = codes_beside_pdae(known(scores, settings=SETTINGS))
    assert finding.sentence == (
        "With equal code, encoder and budget diti (8 blocks balanced) has, beside pdae, AP 0.600 against 0.410 (more "
        "than chance); DCI D 0.410 against 0.410 (not told apart); cut otherwise, in AP: diti_unequal (8 blocks "
        "unequal) 0.500."
    )
    assert "diti less pdae, AP +0.190 (" in finding.uncertainty
    assert "; DCI D +0.000 (" in finding.uncertainty


@pytest.mark.parametrize("changed", [{"code_dim": 8}, {"encoder": "half_unet"}, {"training": {"steps": 9}}])
def test_rows_that_are_not_alike_are_not_compared(changed):
    settings = SETTINGS | {"pdae": SETTINGS["pdae"] | changed}
    assert codes_beside_pdae(known(pair(AP, HIGH, LOW), settings=settings)) is None


def maps(folder, *orders: tuple[int, int, int]) -> list:
    """The results of seeds whose factors stand in these blocks of three."""
    found = []
    for seed, order in enumerate(orders):
        own = folder / str(seed)
        own.mkdir()
        told = np.full((3, 4), 0.1)
        told[list(order), [0, 1, 2]] = 0.9
        lines = [f"block {i},{i * 300},{i * 300 + 300},{','.join(map(str, told[i]))}" for i in range(3)]
        part_map(own).write_text("\n".join([f"part,first,end,{','.join(FACTORS)}", *lines]))
        found.append(result("diti", "disentangle", seed, own))
        losses = {f"half_lost_{name}": time for name, time in FACTORS.items()}
        found.append(result("attribute_loss", "attribute_loss", seed, own, kind="shared", **losses))
    return found


IN_ORDER, TURNED, ONE_OFF = (0, 1, 2), (2, 1, 0), (0, 2, 1)


def test_blocks_in_the_order_of_the_noise_go_with_it(tmp_path):
    found = rank_correlations(known(pair(AP, HIGH, LOW), maps(tmp_path, IN_ORDER, TURNED, ONE_OFF)))
    assert found == pytest.approx([1, -1, stats.spearmanr([0, 2, 1], [100, 400, 700]).statistic])


def told(tmp_path, *orders, **scores) -> str:
    given = pair(FAITHFUL, *scores["ranges"]) if scores else pair(AP, HIGH, LOW)
    if scores:
        given["diti"]["distinct_ranges"] = (2.0,) * 5
    return blocks_over_time(known(given, maps(tmp_path, *orders))).sentence


NEARLY = (IN_ORDER, IN_ORDER, ONE_OFF, IN_ORDER, IN_ORDER)
UNEVEN = (IN_ORDER, TURNED, IN_ORDER, TURNED, ONE_OFF)
SAME = (0.5, 0.52, 0.48, 0.5, 0.51)
MORE = (0.7, 0.72, 0.68, 0.7, 0.71)


@pytest.mark.parametrize(
    ("orders", "ranges", "verdict"),
    [
        (NEARLY, (MORE, SAME), "its claim is seen by the map and seen by the swaps"),
        (NEARLY, (SAME, SAME[::-1]), "its claim is seen by the map and not seen by the swaps"),
        (UNEVEN, (MORE, SAME), "its claim is not seen by the map and seen by the swaps"),
        ((TURNED, TURNED, TURNED, TURNED, ONE_OFF), (SAME, MORE), "its claim is not seen by the map and not seen by"),
    ],
    ids=["both", "map", "swaps", "neither"],
)
def test_it_is_said_plainly_whether_the_claim_is_seen(tmp_path, orders, ranges, verdict):
    sentence = told(tmp_path, *orders, ranges=ranges)
    assert verdict in sentence
    assert f"faithful to {np.mean(ranges[0]):.3f}" in sentence


def test_without_swaps_the_map_speaks_alone(tmp_path):
    sentence = told(tmp_path, *NEARLY)
    assert "rank correlation of +0.90 (+0.50 to +1.00 over seeds) with the times at which noise takes" in sentence
    assert sentence.endswith(": its claim is seen by the map.")


def test_where_one_third_serves_everything_no_swap_is_faithful(tmp_path):
    given = {"diti": {FAITHFUL: (), "distinct_ranges": (1.0,) * 5}, "pdae": {FAITHFUL: MORE}}
    served = [{"a": "early", "b": "early"}] * 4 + [{"a": "early", "b": "late"}]
    judged = [result("diti", "counterfactual", seed, notes={"ranges": each}) for seed, each in enumerate(served)]
    finding = blocks_over_time(known(given, [*maps(tmp_path, *NEARLY), *judged]))
    assert "1.8 factors by the early third of its blocks, 0.0 by the middle, 0.2 by the late one" in finding.sentence
    assert "its claim is seen by the map and not tested by the swaps" in finding.sentence
    assert "swaps: no test, one third brings all factors over best at every seed" in finding.uncertainty


def test_swaps_that_cannot_be_compared_are_no_verdict(tmp_path):
    given = {"diti": {FAITHFUL: (0.5,), "distinct_ranges": (1.0, 1.0, 2.0, 2.0, 1.0)}, "pdae": {FAITHFUL: MORE}}
    finding = blocks_over_time(known(given, maps(tmp_path, *NEARLY)))
    assert "seen by the map and not tested by the swaps" in finding.sentence
    assert "swaps: no test" in finding.uncertainty


def test_an_interval_that_holds_both_signs_rules_nothing_out(tmp_path):
    finding = blocks_over_time(known(pair(AP, HIGH, LOW), maps(tmp_path, *UNEVEN)))
    assert "95 % interval −1.00 to +1.00, p = " in finding.uncertainty
    assert finding.uncertainty.endswith(", which does not rule it out")


STAYED = "preservation_ranges_late"


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ({STAYED: (0.97,) * 5}, "; those of the late third (97 % of factors stay) hardly change the decode: its claim"),
        ({STAYED: (0.94,) * 5}, "by the late one: its claim"),
        ({STAYED: (0.97,) * 5, "efficacy_ranges_late": (0.5,)}, "by the late one: its claim"),
    ],
    ids=["nearly all stay", "some do not", "it serves a factor"],
)
def test_swaps_that_hardly_change_the_decode_are_told_where_the_numbers_say_so(tmp_path, late, said):
    given = {"diti": {"distinct_ranges": (1.0,) * 5} | late, "pdae": {AP: LOW}}
    assert said in blocks_over_time(known(given, maps(tmp_path, *NEARLY))).sentence


def test_of_one_seed_nothing_is_claimed_and_no_range_told(tmp_path):
    given = {"diti": {"distinct_ranges": (1.0,)}, "pdae": {AP: (0.4,)}}
    judged = result("diti", "counterfactual", 0, notes={"ranges": {"a": "early"}})
    finding = blocks_over_time(known(given, [*maps(tmp_path, ONE_OFF), judged]))
    assert finding.sentence.endswith(
        "have a rank correlation of +0.50 with the times at which noise takes the factors; swaps bring over best 1 "
        "factors by the early third of its blocks, 0 by the middle, 0 by the late one: its claim was not tested."
    )
    assert finding.uncertainty == "1 training seed (0); no test: one wants 3 seeds and a spread"


def test_without_a_map_nothing_is_said(tmp_path):
    assert blocks_over_time(known(pair(FAITHFUL, MORE, SAME))) is None
