"""What faces show: attributes group by group, exact edits of them, and what correlated factors carry over."""

from diffrep.metrics.catalogue import ATTRIBUTE_GROUP
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.findings import (
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
from diffrep.reports.rows.scores import metrics_of, ranked

FACES = "faces"  # how the names of such data begin
EDITS, PROBES = "carry_over_edit", "carry_over_probe"
STEERED = "exact_gain_direction"


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
    sentence = (
        "The share of the change to the true counterfactual that steered edits make, of all rows that decode: "
        f"{listed(STEERED, known.having(STEERED, known.methods))}."
    )
    return Finding("exact", sentence, lead_words(known, lead), (STEERED,), figures=("edited",))


def carried_over(known: Known) -> Finding | None:
    """How far factors that went together in training are taken for each other, by edits and by probes."""
    edits, probes = (known.having(metric, known.methods) for metric in (EDITS, PROBES))
    if not edits or not probes:
        return None
    order = ranked(edits, row_of(EDITS))
    least, most = order[0], order[-1]
    reference = known.study.reference
    compared = compared_with(known, EDITS, edits, reference)
    beyond = [one.difference > 0 for one in compared.values() if stands(one)]
    counts = f"{sum(beyond)} of {len(compared)} rows bring along more than {reference} and {beyond.count(False)} less"
    further = f"; by more than chance {counts}" if compared else ""
    lost = [shown(PROBES, end(probes.values())) for end in (min, max)]
    sentence = (
        f"Of two factors that went together in training an edit of one brings along the other's value in "
        f"{share(edits[least])} ({least}) to {share(edits[most])} ({most}) more of the cases than the true "
        f"counterfactual{further}; probes lose {lost[0]} to {lost[1]} of {row_of('auroc').title} where the two no "
        f"longer go together ({listed(PROBES, probes)})."
    )
    sure = f"{over_seeds_words(known, compared, EDITS)}; what probes lose was not tested"
    return Finding("carried", sentence, sure, (EDITS, PROBES))
