"""DiTi at its own terms: its codes beside PDAE's, which block holds which factor when, swaps of ranges of blocks."""

import math

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from diffrep.metrics.comparison import Compared, differences
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.pipelines.core.paths import part_map
from diffrep.reports.findings.finding import (
    Finding,
    Known,
    compared_with,
    counted,
    difference_words,
    p_words,
    row_of,
    seeds_words,
    share,
    shown,
    stands,
    test_words,
)
from diffrep.reports.reading.load import ResultFile, read_csv
from diffrep.reports.rows.written import written

DITI, PDAE = "diti", "pdae"
PAPER = "Yue et al. 2024 (DiTi), arXiv:2401.11430"
FAITHFUL, DISTINCT = "faithfulness_ranges", "distinct_ranges"
THIRDS = ("early", "middle", "late")
LEAST_FACTORS = 3  # that a rank correlation is of
STILL = 0.95  # share of the factors that stay where a swap hardly changes the decode
NO_TEST = f"no test: one wants {LEAST_SEEDS} seeds and a spread"


def codes_beside_pdae(known: Known) -> Finding | None:
    """DiTi's codes beside PDAE's, of the same size, encoder and budget; and its other ways of cutting the code."""
    metrics = [name for name in ("average_precision", "dci_disentanglement") if known.having(name, [DITI, PDAE])]
    metrics = [name for name in metrics if len(known.having(name, [DITI, PDAE])) == 2]
    if not metrics or not alike(known):
        return None
    compared = {metric: compared_with(known, metric, [DITI], PDAE).get(DITI) for metric in metrics}
    each = [
        f"{row_of(metric).title} {shown(metric, known.mean(DITI, metric) or 0.0)} against "
        f"{shown(metric, known.mean(PDAE, metric) or 0.0)}{told_apart(compared[metric])}"
        for metric in metrics
    ]
    others = known.having(metrics[0], [name for name in cut(known) if name != DITI])
    beside = ", ".join(f"{name} ({blocks_of(known, name)}) {shown(metrics[0], mean)}" for name, mean in others.items())
    more = f"; cut otherwise, in {row_of(metrics[0]).title}: {beside}" if beside else ""
    own = f"With equal code, encoder and budget diti ({blocks_of(known, DITI)}) has, beside pdae"
    sentence = f"{own}, {'; '.join(each)}{more}."
    tested = {metric: one for metric, one in compared.items() if one}
    tests = "; ".join(f"{row_of(metric).title} {difference_words(metric, one)}" for metric, one in tested.items())
    sure = f"{test_words(tested)}: diti less pdae, {tests}" if tested else NO_TEST
    return Finding(
        "diti-codes",
        sentence,
        f"{seeds_words(known)}; {sure}",
        tuple(metrics),
        claim="A code that opens block by block over time classifies attributes better than PDAE's whole code.",
        paper=f"{PAPER}, attribute classification",
    )


def alike(known: Known) -> bool:
    """Whether both have the same size of code and the same encoder, and are trained for as many steps."""
    of_diti, of_pdae = (known.study.method_settings.get(name, {}) for name in (DITI, PDAE))
    same = all(of_diti.get(key) == of_pdae.get(key) for key in ("code_dim", "code_scale", "encoder", "training"))
    return same and known.mean(DITI, "steps") == known.mean(PDAE, "steps")


def told_apart(compared: Compared | None) -> str:
    """Whether a difference is more than chance; nothing where it was not tested."""
    if compared is None:
        return ""
    return " (more than chance)" if stands(compared) else " (not told apart)"


def cut(known: Known) -> list[str]:
    """The rows whose code DiTi's adapter cuts into blocks."""
    return [name for name in known.methods if adapter(known, name) == DITI]


def adapter(known: Known, name: str) -> str:
    """The adapter of a row: the section's word, or else the row's own name."""
    return str(known.study.method_settings.get(name, {}).get("adapter", name))


def blocks_of(known: Known, name: str) -> str:
    """Into how many blocks of which sizes a row's code is cut, in words; what its settings do not say is left out."""
    blocks = known.study.method_settings.get(name, {}).get("blocks") or {}
    words = [str(blocks[key]) for key in ("count", "partition", "mode") if key in blocks and blocks[key] != "base"]
    return " ".join([*words[:1], "blocks", *words[1:]]).replace("_", " ")


def blocks_over_time(known: Known) -> Finding | None:
    """Whether blocks hold the factors that noise takes at their times, and swaps of ranges of blocks are faithful."""
    correlations = rank_correlations(known)
    ranges, serving = known.having(FAITHFUL, [DITI, PDAE]), known.mean(DITI, DISTINCT)
    if not correlations:
        return None
    of_map = against_nothing(correlations)
    of_swaps = compared_with(known, FAITHFUL, [DITI], PDAE).get(DITI) if len(ranges) == 2 else None
    mean, least, most = (written(float(of(correlations)), 2, "+") for of in (np.mean, np.min, np.max))
    spread = f" ({least} to {most} over seeds)" if len(correlations) > 1 else ""
    parts = [
        "the times at which the blocks open that tell most of a factor have a rank correlation of "
        f"{mean}{spread} with the times at which noise takes the factors"
    ]
    if serving is not None:
        parts.append(f"swaps bring over best {thirds_words(known)}{still_words(known)}")
    if len(ranges) == 2:
        parts.append(
            f"swaps of a third of its blocks are faithful to {shown(FAITHFUL, ranges[DITI])}, those of the same places "
            f"of pdae's uncut code to {shown(FAITHFUL, ranges[PDAE])}"
        )
    verdict = seen(of_map, of_swaps, swapped=serving is not None)
    return Finding(
        "diti-blocks",
        f"Of diti ({blocks_of(known, DITI)}) {'; '.join(parts)}: {verdict}.",
        "; ".join([seeds_words(known), *tests_in_words(of_map, of_swaps, serving)]),
        (FAITHFUL, DISTINCT) if len(ranges) == 2 else (DISTINCT,) if serving is not None else (),
        claim="The noise takes fine attributes first; the block that opens at a time learns what is lost there, so "
        "that swapping a range of blocks changes those attributes alone.",
        paper=f"{PAPER}, the loss of attributes over time and the counterfactuals by subsets of the code",
        figures=("factor-map", "attribute-loss"),
    )


def thirds_words(known: Known) -> str:
    """How many factors each third of the blocks brings over best, mean over seeds: "3.5 factors by the early ..."."""
    own = [r for r in known.results if (r.kind, r.row, r.stage, r.view) == ("method", DITI, "counterfactual", "")]
    served = [list((result.notes.get("ranges") or {}).values()) for result in own]
    counts = (sum(each.count(third) for each in served) / max(len(served), 1) for third in THIRDS)
    early, middle, late = (counted(known, count) for count in counts)
    return f"{early} factors by the early third of its blocks, {middle} by the middle, {late} by the late one"


def still_words(known: Known) -> str:
    """The thirds that bring no factor over and whose swaps leave nearly all factors as they are; empty without any."""
    idle = [third for third in THIRDS if known.mean(DITI, f"efficacy_ranges_{third}") is None]
    stayed = {third: known.mean(DITI, f"preservation_ranges_{third}") or 0.0 for third in idle}
    still = [f"of the {third} third ({share(mean)} of factors stay)" for third, mean in stayed.items() if mean >= STILL]
    return f"; those {' and '.join(still)} hardly change the decode" if still else ""


def seen(of_map: Compared | None, of_swaps: Compared | None, *, swapped: bool) -> str:
    """Which of the two things that DiTi claims these seeds show, in plain words; no verdict without its test.

    swapped  whether there are swaps to speak of
    """
    if of_map is None and of_swaps is None:
        return "its claim was not tested"
    by_swaps = f" and {verdict_of(of_swaps)} by the swaps" if swapped else ""
    return f"its claim is {verdict_of(of_map)} by the map{by_swaps}"


def verdict_of(compared: Compared | None) -> str:
    """Whether one test sees what is claimed."""
    return "not tested" if compared is None else "seen" if positive(compared) else "not seen"


def positive(compared: Compared | None) -> bool:
    """Whether a difference is above nothing by more than chance."""
    return compared is not None and stands(compared) and compared.difference > 0


def tests_in_words(of_map: Compared | None, of_swaps: Compared | None, serving: float | None) -> list[str]:
    """What the tests say of both; that there are none where seeds are too few."""
    if of_map is None and of_swaps is None:
        return [NO_TEST]
    words = [f"rank correlation: {NO_TEST}" if of_map is None else map_words(of_map)]
    if of_swaps is not None:
        words.append(f"swaps, {of_swaps.test} t-test: {difference_words(FAITHFUL, of_swaps)}")
    elif serving == 1:
        words.append("swaps: no test, one third brings all factors over best at every seed")
    elif serving is not None:
        words.append("swaps: no test, not every seed of both rows has faithful ones to compare")
    return words


def map_words(of_map: Compared) -> str:
    """What the test says of the rank correlation, its interval within what one can be."""
    low, high = max(of_map.low, -1.0), min(of_map.high, 1.0)
    open_still = "" if positive(of_map) or high <= 0 else ", which does not rule it out"
    interval = f"{written(low, 2, '+')} to {written(high, 2, '+')}, {p_words(of_map.p_holm)}{open_still}"
    return f"rank correlation against none, {of_map.test} t-test: 95 % interval {interval}"


def against_nothing(values: list[float]) -> Compared | None:
    """The test of a mean over seeds against zero; None of fewer than three seeds, or where they are all alike."""
    if len(values) < LEAST_SEEDS or np.ptp(values) == 0:
        return None
    return differences({"own": values, "none": [0.0] * len(values)}, reference="none", paired=False)["own"]


def rank_correlations(known: Known) -> list[float]:
    """Of each seed how the places of the factors' blocks go with the times at which noise has half taken them.

    Spearman's, over the factors that are half lost at all; seeds with fewer than three of those are left out.
    """
    lost = {r.seed: r for r in known.results if r.stage == "attribute_loss"}
    maps = {r.seed: r for r in known.results if (r.kind, r.row, r.stage, r.view) == ("method", DITI, "disentangle", "")}
    found = [rank_correlation(maps[seed], lost[seed]) for seed in maps if seed in lost]
    return [value for value in found if not math.isnan(value)]


def rank_correlation(of_blocks: ResultFile, of_noise: ResultFile) -> float:
    """The same of one seed; nan without a map of blocks in time, and where too few factors are half lost."""
    path = part_map(of_blocks.path.parent)
    if not path.exists():
        return math.nan
    table = read_csv(path, {"part", "first", "end"})
    if table["first"].isna().any():
        return math.nan
    lost = {name.removeprefix("half_lost_"): v for name, v in of_noise.metrics.items() if name.startswith("half_lost_")}
    factors = [name for name, time in lost.items() if name in table and not math.isnan(time)]
    if len(factors) < LEAST_FACTORS:
        return math.nan
    places = [middle(table, name) for name in factors]
    return float(spearmanr(places, [lost[name] for name in factors]).statistic) if np.ptp(places) else math.nan


def middle(table: pd.DataFrame, factor: str) -> float:
    """The middle time of the block that tells most of a factor."""
    best = int(table[factor].fillna(0).to_numpy().argmax())
    return float(table["first"].iloc[best] + table["end"].iloc[best]) / 2
