"""What faces show: attributes group by group, exact edits of them, and what correlated factors carry over."""

from diffrep.metrics.catalogue import ATTRIBUTE_GROUP
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.findings import (
    Finding,
    Known,
    compared_with,
    lead_words,
    listed,
    ordered,
    over_seeds_words,
    row_of,
    seeds_words,
    share,
    shown,
    stands,
)
from diffrep.reports.rows.scores import metrics_of

FACES = "faces"  # how the names of such data begin
EDITS, PROBES = "carry_over_edit", "carry_over_probe"
STEERED = "exact_gain_direction"


def attribute_groups(known: Known) -> Finding | None:
    """Which trained method tells most of each group of attributes."""
    groups = by_group(ATTRIBUTE_GROUP, metrics_of(known.rows)) if known.dataset.startswith(FACES) else []
    led = []
    for group in groups:
        means = known.having(group.name, known.trained)
        if len(means) > 1:
            first, second, *_ = ordered(group.name, means)
            values = f"{shown(group.name, means[first])}; next {second}, {shown(group.name, means[second])}"
            led.append(f"{group.title} {first} ({values})")
    if not led:
        return None
    return Finding(
        "groups",
        f"The highest average precision of a trained method, by group of attributes: {', '.join(led)}.",
        f"{seeds_words(known)}; who leads a group was not tested, spreads over seeds stand in its table",
        tuple(group.name for group in groups),
        figures=("groups",),
    )


def exact_edits(known: Known) -> Finding | None:
    """Whose steered edits come nearest to the true counterfactuals."""
    means = known.having(STEERED, known.methods) if known.dataset.startswith(FACES) else {}
    if len(means) < 2:
        return None
    first, second, *_ = ordered(STEERED, means)
    sentence = (
        "The share of the change to the true counterfactual that steered edits make, of all rows that decode: "
        f"{listed(STEERED, means)}."
    )
    told = lead_words(known, STEERED, means, first, second)
    return Finding("exact", sentence, told, (STEERED,), figures=("edited",))


def carried_over(known: Known) -> Finding | None:
    """How far factors that went together in training are taken for each other, by edits and by probes."""
    edits, probes = (known.having(metric, known.methods) for metric in (EDITS, PROBES))
    if not edits or not probes:
        return None
    most, least = ordered(EDITS, edits)[-1], ordered(EDITS, edits)[0]
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
