"""In which variant the suite has computed a number, in the words that printed numbers are described in."""

from collections.abc import Mapping
from typing import Any

BOOSTED = "boosted trees, {rounds} rounds, {n_train:,.0f} rows"
FROM_NOISE, FROM_THE_START = "{decode_steps} steps", "{decode_steps} steps, the start in {invert_steps:,}"
JUDGES = {"mse": "in [0, 1]", "ssim": "reflected outside the image", "lpips": "AlexNet"}
FORMS = {  # metric -> its section of `evaluate`, and the words
    "dci_disentanglement": ("disentangle", BOOSTED),
    "dci_completeness": ("disentangle", BOOSTED),
    "factor_vae": ("disentangle", "{votes_train:,} votes, {votes_test:,} judged"),
    "mig": ("disentangle", "20 equal bins, {n_train:,.0f} rows"),
    "average_precision": ("probe", "linear probe in {steps:,} steps on standardised codes, best pass by validation AP"),
    "target_r": ("probe", "linear layer in closed form"),
    "target_mse": ("probe", "linear layer in closed form"),
    **{f"{name}_random_start": ("reconstruct", f"{how}, {FROM_NOISE}") for name, how in JUDGES.items()},
    **{f"{name}_inferred_start": ("reconstruct", f"{how}, {FROM_THE_START}") for name, how in JUDGES.items()},
}


def variant_of(metric: str, evaluate: Mapping[str, Any], metrics: Mapping[str, float]) -> str:
    """The variant of a number of FORMS.

    evaluate  the section of params.yaml that it was made with
    metrics   of the result file that holds it: how many rows there were in the end
    """
    section, words = FORMS[metric]
    return words.format(**evaluate[section], n_train=metrics.get("n_train", float("nan")))
