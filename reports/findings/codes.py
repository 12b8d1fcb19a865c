"""What codes and decoders are worth beside PCA's, whose the factors are, and what an oracle still reads of decodes."""

from collections.abc import Mapping

from diffrep.metrics.comparison import Compared
from diffrep.reports.findings.finding import (
    Finding,
    Known,
    better,
    compared_with,
    counted,
    lead_of,
    lead_words,
    listed,
    over_seeds_words,
    row_of,
    seeds_words,
    shown,
    stands,
)
from diffrep.reports.rows.scores import ranked

PCA = "pca"
LEAST_READ = 4  # factors, of which the sentence counts the methods


def codes_beside_pca(known: Known) -> Finding | None:
    """Which trained methods tell more of the attributes than PCA's code."""
    return beside_pca(known, "codes", "average_precision", "average precision", ("higher", "lower"))


def decodes_beside_pca(known: Known) -> Finding | None:
    """Which trained methods reconstruct better than PCA from the code alone."""
    return beside_pca(known, "decodes", "mse_random_start", "error from the code alone", ("smaller", "larger"))


def beside_pca(known: Known, key: str, metric: str, words: str, sides: tuple[str, str]) -> Finding | None:
    """How many trained methods are better than PCA in one number and how many worse, and by more than chance or not.

    sides  the words for a better and for a worse value

    The tests are those of the tables, corrected for all rows.
    """
    theirs, means = known.mean(PCA, metric), known.having(metric, known.trained)
    if theirs is None or not means:
        return None
    every = compared_with(known, metric, known.methods, PCA)
    compared = {name: every[name] for name in ranked(means, row_of(metric)) if name in every}
    ahead = {name: mean for name, mean in means.items() if better(metric, mean, theirs)}
    behind = {name: mean for name, mean in means.items() if name not in ahead}
    groups = [*by_chance(ahead, compared, sides[0]), *by_chance(behind, compared, sides[1])[::-1]]
    (said, first), *others = groups
    parts = [f"{len(first)} of {len(means)} trained methods have a {said}{named(metric, first)}"]
    parts += [f"{len(own)} a {said}{named(metric, own)}" for said, own in others if own]
    sentence = f"Beside PCA's {words} of {shown(metric, theirs)}, {', '.join(parts)}."
    return Finding(key, sentence, over_seeds_words(known, compared, metric), (metric,))


def by_chance(
    means: Mapping[str, float], compared: Mapping[str, Compared], side: str
) -> list[tuple[str, dict[str, float]]]:
    """The rows on one side of PCA in words: told apart from it first, then those that are not, or were not tested."""
    told = {
        f"{side} one by more than chance": [name for name in compared if stands(compared[name])],
        f"{side} one that is not told apart": [name for name in compared if not stands(compared[name])],
        f"{side} one{', untested' if compared else ''}": [name for name in means if name not in compared],
    }
    groups = [(words, {name: means[name] for name in names if name in means}) for words, names in told.items()]
    return groups if compared else groups[2:]


def named(metric: str, means: Mapping[str, float]) -> str:
    """Rows with their means in brackets; nothing of none."""
    return f" ({listed(metric, means)})" if means else ""


def oracle_reads(known: Known) -> Finding | None:
    """Off the decodes of which methods the oracle still reads the factors."""
    told = {name: read_of(known, name) for name in known.trained}
    counts = {name: sum(read) / len(read) for name, read in told.items() if read}
    if not counts:
        return None
    asked = max(asked_of(known))
    enough = [name for name, count in counts.items() if count >= LEAST_READ]
    best_first = sorted(counts, key=counts.__getitem__, reverse=True)
    each = ", ".join(f"{name} {counted(known, counts[name])}" for name in best_first)
    several = len(known.study.seeds) > 1
    sentence = (
        f"Off unedited decodes the oracle reads at least {LEAST_READ} of {asked} factors for {len(enough)} of "
        f"{len(counts)} trained methods that decode ({'mean over seeds: ' if several else ''}{each})."
    )
    spread = [f"{name} {min(read)} to {max(read)}" for name, read in told.items() if read and min(read) < max(read)]
    alike = "; every seed gives the same count" if several else ""
    more = f"; between seeds {', '.join(spread)}, the others alike" if spread else alike
    uncertainty = (
        f"{seeds_words(known)}{more}. Read means nearer to the oracle's accuracy on real images than to not looking"
    )
    return Finding("oracle", sentence, uncertainty, ("oracle_agreement", "factors_judged"))


def read_of(known: Known, name: str) -> list[int]:
    """Of each seed how many factors the oracle reads off the method's decodes: those judged, less those it fails on."""
    own = [r for r in known.results if (r.kind, r.row, r.stage) == ("method", name, "counterfactual") and not r.view]
    judged = [r for r in own if r.record.get("factors_judged") is not None]
    return [int(r.record["factors_judged"]) - len(r.notes.get("oracle_fails") or {}) for r in judged]


def asked_of(known: Known) -> list[int]:
    """Of every judged cell how many factors there are: those judged, and those the oracle reads too badly at all."""
    own = [r for r in known.results if (r.kind, r.stage) == ("method", "counterfactual")]
    return [
        int(r.record["factors_judged"]) + len(r.notes.get("left_out") or {})
        for r in own
        if r.record.get("factors_judged") is not None
    ]


def disentangled(known: Known) -> Finding | None:
    """Which method under test leads DCI's disentanglement, and where EncDiff stands."""
    metric = "dci_disentanglement"
    lead = lead_of(known, metric)
    if lead is None or "encdiff" not in lead.order:
        return None
    place = lead.order.index("encdiff") + 1
    behind = f"; encdiff is number {place} of {len(lead.order)}" if place > 1 else ""
    untold = f", the two not told apart by {len(known.study.seeds)} seeds" if lead.told is False else ""
    first, second = (shown(metric, mean) for mean in lead.means)
    theirs = known.mean(PCA, metric)
    beside = "" if theirs is None else f"; PCA's code has {shown(metric, theirs)}"
    sentence = (
        f"Of {len(lead.order)} methods under test {lead.first} has the largest {lead.column.title}, {first}, before "
        f"{lead.second} with {second}{untold}{behind}{beside}."
    )
    return Finding(
        "disentangled",
        sentence,
        lead_words(known, lead),
        (metric,),
        claim="Concept tokens read by cross-attention disentangle by themselves, without a term that asks for it, and "
        "more than the methods compared with.",
        paper="Yang et al. 2024 (EncDiff), arXiv:2402.09712, Tables 1 and 10",
    )
