"""Pictures of any kind as bytes of red, green and blue, cut and brought to size as a paper says."""

import io
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from diffrep.datasets.files.kinds import ENOUGH, fault_of_content

Resampling = Literal["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]  # Pillow's, all with antialiasing
Box = tuple[int, int, int, int]  # left, top, right, bottom, as Pillow has them
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm")
SIXTEEN_BITS = 65535
WIDE = 257  # 65535 / 255: sixteen bits to eight


def picture(source: Path | bytes, name: str, *, depth: int = 3) -> Image.Image:
    """The picture in a file or in its bytes, upright as its EXIF says, as RGB, or with `depth` 1 as greyscale.

    Sixteen bits become eight by their share of the range, what is transparent lies on white, of an animation the first
    frame counts. ValueError, with `name`, for what is no picture, or half of one.
    """
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as opened:
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        content = source if isinstance(source, bytes) else source.read_bytes()[:ENOUGH]
        raise ValueError(fault_of_content(content, name) or f"{name} is no picture that can be read") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"{name} is no picture that can be read: {' '.join(str(error).split())}") from error
    except (OSError, SyntaxError, EOFError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{name} is a damaged picture: {' '.join(str(error).split())}") from error
    return on_white(of_eight_bits(upright, name)).convert("RGB" if depth == 3 else "L")


def of_eight_bits(image: Image.Image, name: str) -> Image.Image:
    """A picture of sixteen bits in eight; another as it is. ValueError, with `name`, for numbers of another range."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    levels = np.asarray(image)
    if image.mode == "F" or levels.min() < 0 or levels.max() > SIXTEEN_BITS:
        span = f"from {levels.min():.0f} to {levels.max():.0f}"
        raise ValueError(f"{name} holds numbers {span}, of mode {image.mode}: save it in 8 or 16 bits")
    return Image.fromarray((levels / WIDE).round().astype(np.uint8))


def on_white(image: Image.Image) -> Image.Image:
    """A picture without transparency."""
    if not image.has_transparency_data:
        return image
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)


def square(image: Image.Image, size: int, *, box: Box | None = None, resampling: Resampling = "lanczos") -> np.ndarray:
    """[size, size, c] uint8: the part `box` of a picture, or the largest square in its middle, brought to size."""
    part = box or middle(image.size)
    cut = image.crop(part)
    if cut.size != (size, size):
        cut = cut.resize((size, size), Image.Resampling[resampling.upper()])
    levels = np.asarray(cut)
    return levels if levels.ndim == 3 else levels[..., None]


def middle(sides: tuple[int, int]) -> Box:
    """The largest square in the middle of a picture of (width, height)."""
    width, height = sides
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def squares(images: np.ndarray, size: int, resampling: Resampling = "lanczos") -> np.ndarray:
    """[n, h, w, c] -> [n, size, size, c] uint8, as `square` does it; images of that size are what they were."""
    if images.shape[1:3] == (size, size):
        return images
    pictures = (Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image) for image in images)
    made = [square(picture, size, resampling=resampling) for picture in pictures]
    return np.stack(made) if made else np.zeros((0, size, size, images.shape[-1]), np.uint8)
