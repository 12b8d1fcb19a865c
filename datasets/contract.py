"""What every data set promises, checked while it is written: a fault is a `ContractError` that says what would do.

Nothing is converted but what loses nothing: attributes of 0 and 1 become uint8, factors int64, row numbers int64.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from diffrep.datasets.source import Source, target_names

MEMBERS = {
    "image_shape": "(channels, height, width)",
    "factor_names": "a tuple of words, () where no factors are known",
    "factor_sizes": "a tuple of how many values each factor has",
    "attribute_names": "a tuple of words, () where no attributes are known",
    "target_names": "a tuple of words",
    "attribute_groups": "the group of each attribute",
    "attribute_sources": "what each attribute was taken from",
    "source": "where the images come from",
    "licence": "their licence",
    "checksum": "that of their archive",
}
FUNCTIONS = ("__len__", "splits", "images", "factors", "attributes")
NAMES = ("factor_names", "attribute_names")
PER_ATTRIBUTE = ("attribute_groups", "attribute_sources")
SPLITS = ("train", "valid", "test")
LONGEST = 64  # characters of a name: it heads columns of tables
WHOLE = "iu"  # numpy's kinds of whole numbers
NUMBERS = f"b{WHOLE}f"  # and those of which a least and a greatest can be told


class ContractError(ValueError):
    """What a data set gives is not what `source.Source` promises; the message names the thing and what would do."""


def insist(kept: Any, otherwise: str) -> None:
    """Raise ContractError, with the reason `otherwise`, unless `kept`."""
    if not kept:
        raise ContractError(otherwise)


def expect_described(source: Source) -> None:
    """Whether a data set has all its members: a shape, names that are words and unlike, a size for every factor."""
    for name, what in MEMBERS.items():
        insist(name == "target_names" or hasattr(source, name), f"there is no {name}: {what}")
    for name in FUNCTIONS:
        insist(callable(getattr(source, name, None)), f"there is no {name}(): see diffrep/datasets/source.Source")
    insist(len(source) > 0, "there are no images: len() is 0")
    shape = source.image_shape
    insist(
        isinstance(shape, (tuple, list)) and len(shape) == 3 and all(is_whole(side) and side > 0 for side in shape),
        f"image_shape is {shape!r}: {MEMBERS['image_shape']}, three whole numbers from 1 on, would do",
    )
    for name in (*NAMES, *PER_ATTRIBUTE):
        expect_words(name, getattr(source, name), unlike=name in NAMES)
    for name in PER_ATTRIBUTE:
        expect_one_each(name, getattr(source, name), "attribute_names", source.attribute_names)
    expect_sizes(source.factor_sizes, source.factor_names)
    expect_words("target_names", target_names(source), unlike=True)
    targets = callable(getattr(source, "targets", None)) or not target_names(source)
    insist(targets, "there is no targets(rows): [n, r] float32, a column for each of target_names, would do")
    for name in ("source", "licence", "checksum"):
        text = getattr(source, name)
        insist(isinstance(text, str) and text.strip(), f"{name} is {text!r}: a sentence on {MEMBERS[name]} would do")


def expect_words(name: str, words: Any, *, unlike: bool) -> None:
    """Whether `words` is a tuple of printable words, of at most 64 characters; `unlike`: none twice."""
    insist(isinstance(words, (tuple, list)), f"{name} is {shown(words)}: {MEMBERS[name]} would do")
    for word in words:
        fits = isinstance(word, str) and word.isprintable() and word == word.strip() and 0 < len(word) <= LONGEST
        insist(fits, f"{name} has {word!r}: printable words of 1 to {LONGEST} characters, no space around, would do")
    twice = next((word for word in words if list(words).count(word) > 1), None)
    insist(not unlike or twice is None, f"{name} has {twice!r} twice: a name for each would do")


def expect_sizes(sizes: Any, names: Any) -> None:
    """Whether every factor has a whole number of values, at least two: of one value, nothing could be measured."""
    insist(isinstance(sizes, (tuple, list)), f"factor_sizes is {shown(sizes)}: {MEMBERS['factor_sizes']} would do")
    expect_one_each("factor_sizes", sizes, "factor_names", names)
    for name, size in zip(names, sizes, strict=True):
        insist(
            is_whole(size) and size > 1,
            f"factor_sizes has {size!r} for {name!r}: whole numbers from 2 on would do, what has one value is left out",
        )


def expect_one_each(name: str, values: Any, of: str, names: Any) -> None:
    """Whether there are as many `values` as `names`."""
    insist(len(values) == len(names), f"{name} has {len(values)} entries, {of} has {len(names)}: one for each would do")


def checked_splits(splits: Any, count: int) -> dict[str, np.ndarray]:
    """Rows [n] int64 of train, valid and test: numbers within 0 to `count` - 1, none twice and none in two splits."""
    insist(isinstance(splits, Mapping), f"splits() gives {shown(splits)}: a dict of {', '.join(SPLITS)} would do")
    insist(set(splits) == set(SPLITS), f"splits() has {list(splits)}: {', '.join(SPLITS)}, all three, would do")
    found = {name: checked_rows(name, splits[name], count) for name in splits}  # in the order given, as they are kept
    for one, other in combinations(found, 2):
        shared = np.intersect1d(found[one], found[other])
        told = f"row {shared[0]} in {one!r} and in {other!r}, {len(shared)} such rows in all" if len(shared) else ""
        insist(not told, f"splits() has {told}: no row may be in two splits")
    return found


def checked_rows(name: str, rows: Any, count: int) -> np.ndarray:
    """The rows of one split, int64."""
    what = f"splits()[{name!r}]"
    expect_array(what, rows, "row numbers [n], int64,")
    insist(rows.dtype.kind != "b", f"{what} is a mask: row numbers, np.flatnonzero(mask), would do")
    insist(rows.ndim == 1 and rows.dtype.kind in WHOLE, f"{what} is {shown(rows)}: row numbers [n], int64, would do")
    insist(len(rows), f"{what} is empty: every split has at least one image")
    low, high = int(rows.min()), int(rows.max())
    far = low if low < 0 else high
    insist(low >= 0 and high < count, f"{what} has row {far}, but there are 0 to {count - 1}, by len()")
    values, times = np.unique(rows, return_counts=True)
    insist(times.max() == 1, f"{what} has row {values[times.argmax()]} {times.max()} times: each once would do")
    return rows.astype(np.int64)


def checked_attributes(attributes: Any, count: int, names: tuple[str, ...]) -> np.ndarray:
    """[count, attributes] uint8 of 0 and 1, from booleans or whole numbers."""
    what, would = "attributes(rows)", f"[{count}, {len(names)}] of 0 and 1, uint8,"
    expect_array(what, attributes, would)
    expect_table(what, attributes, count, names, "attribute_names", would)
    insist(attributes.dtype.kind in f"b{WHOLE}", f"{what} is {attributes.dtype}: {would} would do")
    values = np.unique(attributes)
    signed = set(values.tolist()) <= {-1, 1, 255}
    rule = "(attributes == 1).astype(np.uint8)" if signed else would
    insist(set(values.tolist()) <= {0, 1}, f"{what} has values {few(values)}, not 0 and 1: {rule} would do")
    return attributes.astype(np.uint8)


def checked_factors(factors: Any, count: int, names: tuple[str, ...], sizes: tuple[int, ...]) -> np.ndarray | None:
    """[count, factors] int64, each from 0 to its size - 1; None where the data set names no factors."""
    what, would = "factors(rows)", f"[{count}, {len(names)}] int64, each from 0 to its size - 1,"
    if not names:
        insist(factors is None, f"{what} is {shown(factors)}, but factor_names is empty: None, or names, would do")
        return None
    expect_array(what, factors, would)
    expect_table(what, factors, count, names, "factor_names", would)
    which = "np.unique(values, return_inverse=True)[1] of each column"
    insist(factors.dtype.kind in WHOLE, f"{what} is {factors.dtype}, not whole numbers: {which} would do")
    for name, size, values in zip(names, sizes, factors.T, strict=True):
        low, high = int(values.min()), int(values.max())
        insist(
            low >= 0 and high < size, f"{what} has {name!r} from {low} to {high}, its size is {size}: 0 to {size - 1}"
        )
    return factors.astype(np.int64)


def checked_targets(targets: Any, count: int, names: tuple[str, ...]) -> np.ndarray:
    """[count, targets] float32, finite."""
    what, would = "targets(rows)", f"[{count}, {len(names)}] float32, finite,"
    expect_array(what, targets, would)
    expect_table(what, targets, count, names, "target_names", would)
    insist(targets.dtype.kind in f"f{WHOLE}", f"{what} is {targets.dtype}: {would} would do")
    insist(np.isfinite(targets).all(), f"{what} has NaN or infinities: leave out rows without a value")
    return targets.astype(np.float32)


def checked_images(images: Any, count: int, image_shape: tuple[int, int, int]) -> np.ndarray:
    """[count, height, width, channels] uint8; `image_shape` has the channels first."""
    channels, height, width = shape = tuple(map(int, image_shape))
    would = f"[{count}, {height}, {width}, {channels}] uint8"
    expect_array("images(rows)", images, would)
    insist(images.dtype.kind in NUMBERS, f"images(rows) is {images.dtype}, which are no numbers: {would} would do")
    if images.dtype != np.uint8:
        low, high = (float(value) for value in (images.min(), images.max())) if images.size else (0.0, 0.0)
        raise ContractError(f"images(rows) is {images.dtype}, from {low:g} to {high:g}: {as_bytes(low, high)} would do")
    stated = images.shape[1:] == shape and channels > width  # of both, the statement looks wrong
    insist(not stated, f"image_shape is {shape}: {MEMBERS['image_shape']}, {width, channels, height} here")
    insist(
        images.shape == (count, height, width, channels),
        f"images(rows) has the shape {list(images.shape)}, image_shape is {shape}, which is (channels, height, "
        f"width): {would}, channels last, would do",
    )
    return images


def as_bytes(low: float, high: float) -> str:
    """How numbers of a range become bytes."""
    if low >= 0 and high <= 1:
        return "(255 * images).round().astype(np.uint8)"
    if low >= -1 and high <= 1:
        return "(127.5 * (images + 1)).round().astype(np.uint8)"
    return "bytes, uint8 from 0 to 255,"


def expect_range(low: int, high: int) -> None:
    """Whether the pixels of all images, from `low` to `high`, are more than one value and more than 0 and 1."""
    insist(low < high, f"every pixel of every image is {low}")
    insist(high > 1, "images hold nothing but 0 and 1: bytes go to 255, 255 * images would do")


def expect_steady(what: str, first: np.ndarray | None, again: Any) -> None:
    """Whether rows asked for a second time, in another order, are what they were the first time."""
    same = again is first if first is None else isinstance(again, np.ndarray) and np.array_equal(first, again)
    insist(
        same, f"{what}(rows) gives other values when asked again: row i must always be the same, as its seed draws it"
    )


def expect_array(what: str, value: Any, would: str) -> None:
    """Whether `value` is a numpy array."""
    insist(isinstance(value, np.ndarray), f"{what} is {shown(value)}: a numpy array, {would.rstrip(',')}, would do")


def expect_table(what: str, table: np.ndarray, count: int, names: tuple[str, ...], of: str, would: str) -> None:
    """Whether a table has a row for every image and a column for every name."""
    insist(table.ndim == 2, f"{what} has the shape {list(table.shape)}: {would} would do")
    insist(len(table) == count, f"{what} has {len(table)} rows for {count} images: {would} would do")
    insist(
        table.shape[1] == len(names), f"{what} has {table.shape[1]} columns, {of} has {len(names)}: one each would do"
    )


def is_whole(value: Any) -> bool:
    """Whether `value` is a whole number, which True is not."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """What a value is, in a few words."""
    if isinstance(value, np.ndarray):
        return f"an array {list(value.shape)} of {value.dtype}"
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else f"a {type(value).__name__}"


def few(values: np.ndarray) -> str:
    """The first of some values, in words."""
    return ", ".join(map(str, values[:4].tolist())) + (", ..." if len(values) > 4 else "")
