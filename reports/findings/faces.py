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
    own_noise,
    row_of,
    seeds_words,
    shown,
    stands,
    untested,
)
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.scores import metrics_of, ranked
from diffrep.reports.rows.written import written

FACES = "faces"  # how the names of such data begin
EDITS, WANTED, PROBES = "carry_over_edit", "carry_over_wanted", "carry_over_probe"
AUROC = "auroc"
STEERED, STRENGTH = "exact_gain_direction", "strength_direction"


def attribute_groups(known: Known) -> Finding | None:
    """Which method under test tells most of each group of attributes."""
    groups = by_group(ATTRIBUTE_GROUP, metrics_of(known.rows)) if known.dataset.startswith(FACES) else []
    leads = [lead for group in groups if (lead := lead_of(known, group.name)) is not None]
    if not leads:
        return None
    led = ", ".join(f"{lead.column.title} {lead.first} ({lead.margin})" for lead in leads)
    tested = any(lead.p_value is not None for lead in leads)
    how = "each group is corrected for all pairs of methods under test" if tested else untested(known)
    return Finding(
        "groups",
        f"The highest average precision of a method under test, by group of attributes: {led}.",
        f"{seeds_words(known)}; {how}",
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
    edits = known.having(EDITS, [name for name in known.methods if not known.score(name, EDITS).remark])
    # an untrained encoder loses little because little is read off it
    probes = known.having(PROBES, [name for name in known.methods if name in (*known.trained, known.study.reference)])
    compared = compared_with(known, EDITS, edits, known.study.reference) if known.study.reference in edits else {}
    clauses = [
        *([brought_along(known, edits, compared)] if edits else []),
        *([lost_by_probes(known, probes)] if probes else []),
    ]
    if not clauses:
        return None
    sure = (
        f"{over_seeds_words(known, compared, EDITS)}{own_noise(known, EDITS, edits)}" if edits else seeds_words(known)
    )
    return Finding(
        "carried",
        f"Of two factors that went together in training {'; '.join(clauses)}.",
        f"{sure}; what probes lose was not tested" if probes else sure,
        (*([EDITS, WANTED] if edits else []), *([PROBES, AUROC] if probes else [])),
    )


def brought_along(known: Known, edits: dict[str, float], compared: dict[str, Compared]) -> str:
    """In how many more cases edits of the one bring along the other's value than true counterfactuals do.

    edits     the rows of whose decodes the oracle reads the factors; of others it is said that it does not
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
    unread = [name for name in known.methods if known.score(name, EDITS).remark]
    besides = f"; of decodes by {', '.join(unread)} the oracle does not read these factors" if unread else ""
    return (
        f"an edit of one, a step of the whole way, brings along the other's value in {hundred(edits[least])} ({least}) "
        f"to {hundred(edits[most])} ({most}) of 100 cases beyond those of the true counterfactual "
        f"({listed(EDITS, edits)}){came}{further}{besides}"
    )


def hundred(value: float) -> str:
    """How many of 100 cases a share is."""
    return written(value * 100, 0)


def lost_by_probes(known: Known, probes: dict[str, float]) -> str:
    """How much worse probes of the one are where the other has no value that went with it; what no probe reads none
    can lose, so that what they read of all attributes stands beside it."""
    read = known.having(AUROC, probes)
    beside = f"; of all attributes they read {listed(AUROC, read)}" if read else ""
    lost = [shown(PROBES, end(probes.values())) for end in (min, max)]
    return (
        f"probes lose {lost[0]} to {lost[1]} of {row_of(AUROC).title} where the two no longer go together "
        f"({listed(PROBES, probes)}{beside})"
    )
