"""What is known of a Fashion-MNIST image: by its class label, and measured from its pixels.

A measurement compares one number of the image with a fixed threshold, so an image's attributes depend on no other
image. Thresholds were set once on the 10,000 test images, for attributes that 5 to 40 % of them have.
"""

from collections.abc import Callable

import numpy as np

TSHIRT, TROUSER, PULLOVER, DRESS, COAT, SANDAL, SHIRT, SNEAKER, BAG, ANKLE_BOOT = range(10)

BY_CLASS: dict[str, tuple[str, tuple[int, ...]]] = {  # attribute: its group, and the classes that have it
    "t_shirt": ("class", (TSHIRT,)),
    "trouser": ("class", (TROUSER,)),
    "pullover": ("class", (PULLOVER,)),
    "dress": ("class", (DRESS,)),
    "coat": ("class", (COAT,)),
    "sandal": ("class", (SANDAL,)),
    "shirt": ("class", (SHIRT,)),
    "sneaker": ("class", (SNEAKER,)),
    "bag": ("class", (BAG,)),
    "ankle_boot": ("class", (ANKLE_BOOT,)),
    "footwear": ("kind", (SANDAL, SNEAKER, ANKLE_BOOT)),
    "closed_shoe": ("kind", (SNEAKER, ANKLE_BOOT)),
    "top": ("kind", (TSHIRT, PULLOVER, COAT, SHIRT)),
    "warm_layer": ("kind", (PULLOVER, COAT)),
    "worn_on_upper_body": ("kind", (TSHIRT, PULLOVER, DRESS, COAT, SHIRT)),
    "covers_legs": ("kind", (TROUSER, DRESS)),
}

INK = 0.1  # a pixel brighter than this belongs to the thing, a darker one to the background

Rule = Callable[[dict[str, np.ndarray]], np.ndarray]

BY_PIXELS: dict[str, tuple[str, Rule]] = {  # attribute: its group, and the rule over `measurements`
    "bright": ("tone", lambda m: m["tone"] > 0.75),
    "dark": ("tone", lambda m: m["tone"] < 0.5),
    "even_tone": ("tone", lambda m: m["spread"] < 0.15),
    "strong_contrast": ("tone", lambda m: m["spread"] > 0.22),
    "lighter_above": ("tone", lambda m: m["above"] > 0.04),
    "wide": ("outline", lambda m: m["aspect"] > 1.5),
    "narrow": ("outline", lambda m: m["aspect"] < 0.5),
    "symmetric": ("outline", lambda m: m["asymmetry"] < 0.06),
    "heavier_right": ("outline", lambda m: m["right"] > 0.08),
    "fills_its_box": ("outline", lambda m: m["filled"] > 0.82),
    "sparse_in_its_box": ("outline", lambda m: m["filled"] < 0.58),
    "gap_inside": ("outline", lambda m: m["gaps"] >= 10),
    "textured": ("texture", lambda m: m["across"] + m["down"] > 0.3),
    "smooth": ("texture", lambda m: m["across"] + m["down"] < 0.15),
    "changes_across": ("texture", lambda m: m["across"] > 1.9 * m["down"]),
    "changes_down": ("texture", lambda m: m["down"] > 1.4 * m["across"]),
}

NAMES = (*BY_CLASS, *BY_PIXELS)
GROUPS = tuple(group for group, _ in (*BY_CLASS.values(), *BY_PIXELS.values()))
SOURCES = ("class label",) * len(BY_CLASS) + ("measured from pixels",) * len(BY_PIXELS)


def attributes_of(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The 32 attributes, in the order of `NAMES`.

    images   [n, 28, 28] uint8, without padding
    labels   [n] uint8, 0 to 9
    returns  [n, 32] uint8, 0 or 1
    """
    measured = measurements(images)
    columns = [np.isin(labels, classes) for _, classes in BY_CLASS.values()]
    columns += [rule(measured) for _, rule in BY_PIXELS.values()]
    return np.stack(columns, axis=1).astype(np.uint8)


def measurements(images: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers read off each image [n, 28, 28] uint8, taken as brightness in [0, 1]; an empty image gives zeros.

    tone       mean brightness of the thing's pixels; spread, their standard deviation
    above      mean brightness of the upper half minus that of the lower; right, of the right minus that of the left
    aspect     width over height of the box around the thing; filled, the share of the box that is thing
    asymmetry  mean difference from the mirror image, left for right
    gaps       rows in which background parts the thing
    across     mean change between neighbours in a row, both in the thing; down, in a column
    """
    light = images / np.float32(255)
    ink: np.ndarray = light > INK
    area = np.maximum(ink.sum((1, 2)), 1)
    tone = (light * ink).sum((1, 2)) / area
    width, height = _extent(np.any(ink, axis=1)), _extent(np.any(ink, axis=2))
    starts = ink & ~np.pad(ink, ((0, 0), (0, 0), (1, 0)))[:, :, :-1]
    return {
        "tone": tone,
        "spread": np.sqrt((((light - tone[:, None, None]) ** 2) * ink).sum((1, 2)) / area),
        "above": light[:, :14].mean((1, 2)) - light[:, 14:].mean((1, 2)),
        "right": light[:, :, 14:].mean((1, 2)) - light[:, :, :14].mean((1, 2)),
        "aspect": width / np.maximum(height, 1),
        "filled": ink.sum((1, 2)) / np.maximum(width * height, 1),
        "asymmetry": np.abs(light - light[:, :, ::-1]).mean((1, 2)),
        "gaps": (starts.sum(2) > 1).sum(1),
        "across": _change(light, ink),
        "down": _change(light.transpose(0, 2, 1), ink.transpose(0, 2, 1)),
    }


def _extent(touched: np.ndarray) -> np.ndarray:
    """[n, 28] bool -> [n], from the first touched place to the last."""
    length = touched.shape[1] - touched.argmax(1) - touched[:, ::-1].argmax(1)
    return np.where(touched.any(1), length, 0)


def _change(light: np.ndarray, ink: np.ndarray) -> np.ndarray:
    both = ink[:, :, 1:] & ink[:, :, :-1]
    return (np.abs(np.diff(light, axis=2)) * both).sum((1, 2)) / np.maximum(both.sum((1, 2)), 1)
