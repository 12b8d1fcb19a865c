"""What faces show: attributes group by group, exact edits of them, and what correlated factors carry over."""

from diffrep.metrics.catalogue import ATTRIBUTE_GROUP
from diffrep.metrics.comparison import Compared
from diffrep.reports.findings.finding import (
    Finding,
    Known,
    compared_with,
    lead_of,
    lead_words,
    listed,
    over_seeds_words,
    row_of,
    seeds_words,
    share,
    shown,
    stands,
)
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.scores import metrics_of, ranked

FACES = "faces"  # how the names of such data begin
EDITS, WANTED, PROBES = "carry_over_edit", "carry_over_wanted", "carry_over_probe"
STEERED, STRENGTH = "exact_gain_direction", "strength_direction"


def attribute_groups(known: Known) -> Finding | None:
    """Which method under test tells most of each group of attributes."""
    groups = by_group(ATTRIBUTE_GROUP, metrics_of(known.rows)) if known.dataset.startswith(FACES) else []
    leads = [lead for group in groups if (lead := lead_of(known, group.name)) is not None]
    if not leads:
        return None
    led = ", ".join(f"{lead.column.title} {lead.first} ({lead.margin})" for lead in leads)
    return Finding(
        "groups",
        f"The highest average precision of a method under test, by group of attributes: {led}.",
        f"{seeds_words(known)}; each group is corrected for all pairs of methods under test",
        tuple(group.name for group in groups),
        figures=("groups",),
    )


def exact_edits(known: Known) -> Finding | None:
    """Whose steered edits come nearest to the true counterfactuals."""
    lead = lead_of(known, STEERED) if known.dataset.startswith(FACES) else None
    if lead is None:
        return None
    gains = known.having(STEERED, known.methods)
    lengths = known.having(STRENGTH, gains)
    sentence = (
        "The share of the squared error to the true counterfactual, where the image had to change, that steered edits "
        f"take away, mean over factors, of all rows that decode: {listed(STEERED, gains)}; the steps' lengths, the way "
        f"between the centres of two values being 1: {listed(STRENGTH, lengths)}."
    )
    return Finding("exact", sentence, lead_words(known, lead), (STEERED, STRENGTH), figures=("edited",))


def carried_over(known: Known) -> Finding | None:
    """How far factors that went together in training are taken for each other, by edits and by probes."""
    edits, probes = (known.having(metric, known.methods) for metric in (EDITS, PROBES))
    compared = compared_with(known, EDITS, edits, known.study.reference)
    clauses = [
        *([brought_along(known, edits, compared)] if edits else []),
        *([lost_by_probes(probes)] if probes else []),
    ]
    if not clauses:
        return None
    sure = over_seeds_words(known, compared, EDITS) if edits else seeds_words(known)
    return Finding(
        "carried",
        f"Of two factors that went together in training {'; '.join(clauses)}.",
        f"{sure}; what probes lose was not tested" if probes else sure,
        (*([EDITS, WANTED] if edits else []), *([PROBES] if probes else [])),
    )


def brought_along(known: Known, edits: dict[str, float], compared: dict[str, Compared]) -> str:
    """In how many more cases edits of the one bring along the other's value than true counterfactuals do.

    compared  the rows against the study's reference
    """
    order = ranked(edits, row_of(EDITS))
    least, most = order[0], order[-1]
    reference = known.study.reference
    beyond = [one.difference > 0 for one in compared.values() if stands(one)]
    counts = f"{sum(beyond)} of {len(compared)} rows bring along more than {reference} and {beyond.count(False)} less"
    further = f"; by more than chance {counts}" if compared else ""
    arrived = known.having(WANTED, edits)
    came = f", and the wanted value itself this often: {listed(WANTED, arrived)}" if arrived else ""
    return (
        f"an edit of one, a step of the whole way, brings along the other's value in {share(edits[least])} ({least}) "
        f"to {share(edits[most])} ({most}) more of the cases than the true counterfactual ({listed(EDITS, edits)})"
        f"{came}{further}"
    )


def lost_by_probes(probes: dict[str, float]) -> str:
    """How much worse probes of the one are where the other has no value that went with it."""
    lost = [shown(PROBES, end(probes.values())) for end in (min, max)]
    return (
        f"probes lose {lost[0]} to {lost[1]} of {row_of('auroc').title} where the two no longer go together "
        f"({listed(PROBES, probes)})"
    )
