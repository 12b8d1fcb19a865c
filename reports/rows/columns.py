"""Which numbers each table shows, and in which order."""

from diffrep.metrics.catalogue import (
    ATTRIBUTE_GROUP,
    CARRY_OVER,
    CATALOGUE,
    DETAIL,
    NO_TABLE,
    OTHER_EDITS,
    Number,
    number,
)

TABLE_GROUPS = {
    "summary": "Summary",
    "probe": "Attribute probe",
    ATTRIBUTE_GROUP: "Average precision by attribute group",
    "disentanglement": "Disentanglement",
    "estimators": "Disentanglement by permutation, equal bins and neighbours",
    "diagnosis": "Use of the code while denoising",
    "reconstruction": "Reconstruction",
    "combinations": "Combinations seen in training, and held out of it",
    CARRY_OVER: "Carry-over of what went together in training",
    "exact": "Exact counterfactuals",
    "exact scale": "Exact counterfactuals: no edit, and what is within reach",
    "counterfactual": "Counterfactuals, judged by the oracle",
    "ranges": "Swaps of ranges of blocks, judged by the oracle",
    **OTHER_EDITS,
    "interpolation": "Interpolation, drift and size of the edits",
    "realism": "Realism of the edits",
    "training": "Training",
}
GROUP_METRIC = "average_precision_"

VIEW_COLUMNS = [
    CATALOGUE[name]
    for name in (
        "code_dim",
        "average_precision",
        "ap_lift",
        "auroc",
        "factor_vae",
        "mig",
        "dci_disentanglement",
        "dci_disentanglement_permutation",
        "tokens_explained_mean",
        "tokens_explained_min",
        "times_best",
    )
]


def by_group(group: str, present: list[str]) -> list[Number]:
    """The columns that table `group` shows, out of the metrics `present` in the results, in the catalogue's order."""
    if group == "summary":
        return [row for row in CATALOGUE.values() if row.summary and row.name in present]
    if group in (ATTRIBUTE_GROUP, CARRY_OVER):
        return [row for name in present if (row := number(name)) and row.group == group]
    return [row for row in CATALOGUE.values() if row.group == group and row.name in present]


def numbers_of(metrics: list[str]) -> list[Number]:
    """All of these numbers, in the order of the tables; one of a stage of one's own has no more than its name."""
    return [number(name) or Number(name, name, DETAIL, "", 4, "", "", "") for name in ordered(metrics)]


def ordered(names: list[str]) -> list[str]:
    """Numbers of the tables in the catalogue's order, then all others by name."""
    known = [row.name for row in CATALOGUE.values() if row.group in (*TABLE_GROUPS, NO_TABLE) and row.name in names]
    return known + sorted(set(names) - set(known))
