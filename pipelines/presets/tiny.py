"""Any preset at its smallest: the same adapters and the same kinds of blocks, few channels, few steps, few images."""

from typing import Any

from diffrep.pipelines.presets.made_files import made_section

SIDES = {32: 32, 64: 32, 84: 28, 128: 32, 256: 32}  # of images
LEVELS = 6  # resolutions of a network: as often can they be halved; seven, at 256 pixels alone, lose the coarsest
MOST = {  # key of a section: its largest value
    "code_dim": 16,
    "count": 4,
    "dim": 8,
    "heads": 2,
    "norm_groups": 4,
    "codebook": 32,
    "latent_channels": 3,
    "embedding_dim": 32,
    "head_width": 16,
    "layers": 1,
}
FIRST, WIDTH = 8, 16  # channels of the finest resolution and of all others
GROUPED = {"conv", "half_unet"}  # encoders whose widths are multiples of 32
STEPS, BATCH, WARMUP = 8, 8, 2
DECODED = 3  # steps of decoding and inverting


def tiny_preset(values: dict[str, Any]) -> dict[str, Any]:
    """A preset with all that is large made small; its data set is of made files, and `data.made` says of which."""
    side = values["image_shape"][1]
    share = SIDES[side] / side
    dataset, made = made_section(values["data"]["dataset"], SIDES[side])
    return {
        **values,
        "data": {**values["data"], "dataset": dataset, "made": made},
        "image_shape": [values["image_shape"][0], SIDES[side], SIDES[side]],
        **{key: narrow(values[key], share) for key in ("base", "autoencoder", "methods") if key in values},
        "budgets": {row: short(budget) for row, budget in values["budgets"].items()},
        "evaluate": dict.fromkeys(values["evaluate"], DECODED),
    }


def narrow(section: Any, share: float) -> Any:
    """A section with few channels and small codes; sides of maps are scaled by `share` with the images."""
    if not isinstance(section, dict):
        return section
    found = {key: narrow(value, share) for key, value in section.items()}
    found |= {key: min(most, found[key]) for key, most in MOST.items() if isinstance(found.get(key), int)}
    if "channels" in found:
        grouped = found.get("kind") in GROUPED
        found["channels"] = [
            32 if grouped else FIRST if i == 0 else WIDTH for i, _ in enumerate(found["channels"][:LEVELS])
        ]
    if "hidden" in found:
        found["hidden"] = [FIRST, WIDTH]
    if found.get("attention"):
        found["attention"] = int(found["attention"] * share)
    return found


def short(budget: dict[str, Any]) -> dict[str, Any]:
    """A training of a few steps of few images, in single precision; how it is optimised stays as it is."""
    return budget | {
        "steps": budget["steps"] and STEPS,
        "batch_size": BATCH,
        "warmup": min(budget["warmup"], WARMUP),
        "precision": "32-true",
    }
