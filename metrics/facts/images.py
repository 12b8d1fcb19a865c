"""Decoded images beside their originals, and sets of them beside sets of real ones."""

from diffrep.metrics.facts.extended import EXTENDED
from diffrep.metrics.facts.number import ERROR, UNIT, Number

SCALED = "any, 0 at best"
DECIBEL = "0 to 100 dB"

RECONSTRUCTION_NUMBERS = (
    Number(
        "mse_random_start", "MSE, random start", "reconstruction", "down", 4, UNIT, "the mean_image row",
        "Squared error in [0, 1] decoding from noise: what the code alone carries; compares encoders.", True,
    ),
    Number(
        "psnr_random_start", "PSNR, random start", "reconstruction", "up", 2, DECIBEL, "the mean_image row",
        "Peak signal-to-noise ratio per image, then mean, from noise.",
    ),
    Number(
        "ssim_random_start", "SSIM, random start", "reconstruction", "up", 3, "−1 to 1", "the mean_image row",
        "Structural similarity (11 × 11 Gaussian), from noise.",
    ),
    Number(
        "lpips_random_start", "LPIPS, random start", "reconstruction", "down", 3, ERROR, "the mean_image row",
        "How different decodes from noise look, by AlexNet's features; skipped where its weights are missing.",
    ),
    Number(
        "mse_inferred_start", "MSE, inferred start", "reconstruction", "down", 5, UNIT, "the mean_image row",
        "Squared error decoding from the start that the image was inverted to: measures code and start together.",
    ),
    Number(
        "psnr_inferred_start", "PSNR, inferred start", "reconstruction", "up", 2, DECIBEL, "the mean_image row",
        "PSNR from the inferred start.",
    ),
    Number(
        "ssim_inferred_start", "SSIM, inferred start", "reconstruction", "up", 3, "−1 to 1", "the mean_image row",
        "SSIM from the inferred start.",
    ),
    Number(
        "lpips_inferred_start", "LPIPS, inferred start", "reconstruction", "down", 3, ERROR, "the mean_image row",
        "LPIPS from the inferred start.",
    ),
    Number(
        "mse_shuffled_codes", "MSE, shuffled codes", "reconstruction", "", 4, UNIT, "",
        "Squared error decoding with another image's code; where it is near MSE, random start, the code is ignored.",
    ),
)  # fmt: skip


def _distance(extractor: str, name: str, title: str, kind: str, digits: int, floor: str) -> tuple[Number, ...]:
    """A distance of edits to real images, and the edit's own share in it."""
    return (
        Number(
            f"cf_{name}", title, "realism", "down", digits, SCALED if "kernel" in kind else ERROR, floor,
            f"{kind} from edits to real training images on {extractor} features; comparable at equal n only.",
        ),
        Number(
            f"delta_{name}", f"Δ {title}", "realism", "down", digits, "any", "0 without an edit",
            f"{title} less that of the unedited decodes at equal n: the price of the edit.",
        ),
    )  # fmt: skip


REALISM_NUMBERS = (
    *_distance("EfficientNet-lite0", "fd_effnet_lite0", "FD", "Fréchet distance, no FID,", 1, "the real row"),
    *_distance("EfficientNet-lite0", "kd_effnet_lite0", "KD × 1,000", "Squared kernel distance", 2, "0, the real row"),
    *_distance("Inception", "fid", "FID", "Fréchet distance", 2, "the real row"),
    *_distance("Inception", "kid", "KID × 1,000", "Squared kernel distance", 2, "0, the real row"),
)

DISTANCE_NUMBERS = (
    Number(
        "lpips", "LPIPS", EXTENDED, "down", 3, ERROR, "what the mean image scores",
        "How different decoded images look from their originals, by AlexNet's features; its weights are not supplied.",
    ),
)  # fmt: skip
