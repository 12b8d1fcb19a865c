"""Made-up results with all that the pages of a report show, of as many methods and seeds as wanted."""

from pathlib import Path

import numpy as np
from results_tree import ResultsTree

from diffrep.pipelines.core.paths import curves

EXACT = ["source image", "donor image", "true counterfactual", "edit, decoded"]
SCORES = {
    "probe": ("average_precision", "average_precision_colour", "auroc"),
    "disentangle": ("dci_disentanglement", "factor_vae", "mig"),
    "reconstruct": ("mse_random_start",),
    "counterfactual": ("exact_gain", "exact_gain_direction", "exact_spill", "exact_spill_direction", "faithfulness"),
}
NOTHING = "not applicable: it decodes nothing"


def filled(root: Path, methods: list[str], seeds: int) -> ResultsTree:
    """A project in which every method has every score, but for the last: it decodes nothing, and is a control.
    Curves are those of the first two.

    The k-th method is the k-th best in everything, by more than its seeds differ.
    """
    tree = ResultsTree(root)
    tree.methods, tree.seeds, tree.controls = methods, list(range(seeds)), methods[-1:]
    for place, method in enumerate(methods):
        for seed in tree.seeds:
            _score(tree, method, seed, 0.9 - 0.06 * place + 0.004 * seed)
            if place < 2:
                _curves(tree, method, seed)
        if method not in tree.controls:
            tree.draw(method, "reconstruct", 0, ["original", "from its code and noise"])
            tree.draw(method, "counterfactual", 0, EXACT, kind="exact", columns=["wall_hue", "orientation", "scale"])
    tree.share("prepare", notes={"about": {"title": "Squares", "may_be_shown": True}})
    tree.share("oracle", accuracy=0.9)
    tree.seal()
    return tree


def _curves(tree: ResultsTree, method: str, seed: int) -> None:
    losses = np.column_stack([[10, 20, 30], [1.0, 0.6, 0.5], [0.9, 0.7, 0.6]])
    np.savetxt(
        curves(tree.folder(method, "train", seed)), losses, "%g", ",", header="step,loss,valid_loss", comments=""
    )
    times = {
        f"denoise_error_{code}_t{t}": 0.01 + t / 9e4 for code in ("own", "shuffled", "mean") for t in (0, 500, 999)
    }
    tree.put(method, "encode", seed, code_use=0.5, **times)


def _score(tree: ResultsTree, method: str, seed: int, score: float) -> None:
    tree.put(method, "train", seed, steps=40, parameters=1000, parameters_trained=600, valid_loss=0.5)
    for stage, names in SCORES.items():
        decodes = stage in ("probe", "disentangle") or method not in tree.controls
        values = {name: 1 - score if "mse" in name or "spill" in name else score for name in names}
        found = values if decodes else dict.fromkeys(names)
        reasons = {} if decodes else {"reasons": dict.fromkeys(names, NOTHING)}
        tree.put(method, stage, seed, **found, **reasons)
