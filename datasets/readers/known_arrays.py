"""What arrays say of images: their attributes, factors, targets, splits, and the names of them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from diffrep.datasets.files.npy import Stored
from diffrep.datasets.readers.columns import Known, attribute, factor, split

KINDS = ("attributes", "factors", "targets")


def words_of(stored: dict[str, Stored], key: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """The names that params.yaml gives, or else the file."""
    if given or key not in stored:
        return given
    words = stored[key].array()
    if words.ndim != 1 or words.dtype.kind not in "US":
        raise ValueError(f"{stored[key]} is {words.dtype} {list(words.shape)}: np.array([...]) of words would do")
    return tuple(word.decode() if isinstance(word, bytes) else str(word) for word in words.tolist())


def known_of(stored: dict[str, Stored], names: dict[str, Any], count: int) -> tuple[Known, list[str]]:
    """What the arrays say of the images, and what is wrong with them."""
    known = Known()
    faults: list[str] = []
    for kind in KINDS:
        for name, values in _columns(stored, kind, names[f"{kind[:-1]}_names"], count, faults):
            try:
                _take(known, kind, name, values, str(stored[kind]))
            except ValueError as error:
                faults.append(str(error))
    if "splits" in stored:
        try:
            known.split = split(stored["splits"].array())
        except ValueError as error:
            faults.append(f"{stored['splits']}: {error}")
        else:
            if len(known.split) != count:
                faults.append(f"{stored['splits']} has {len(known.split)} entries for {count} images: one each")
    return known, faults


def _columns(
    stored: dict[str, Stored], kind: str, names: tuple[str, ...], count: int, faults: list[str]
) -> Iterator[tuple[str, np.ndarray]]:
    """Columns of an array with their names; what keeps them from being told goes to `faults`."""
    if kind not in stored:
        faults.extend([f"there are {kind[:-1]}_names, but no {kind}"] if names else [])
        return
    array = stored[kind].array()
    array = array[:, None] if array.ndim == 1 else array
    names = names or tuple(f"{kind[:-1]}_{number}" for number in range(array.shape[-1]))
    if array.ndim != 2 or array.shape[0] != count:
        faults.append(
            f"{stored[kind]} has the shape {list(array.shape)} for {count} images: [{count}, columns] would do"
        )
    elif array.shape[1] != len(names) or len(set(names)) != len(names):
        faults.append(
            f"{stored[kind]} has {array.shape[1]} columns, and names are {', '.join(names)}: one each, unlike"
        )
    else:
        yield from zip(names, array.T, strict=True)


def _take(known: Known, kind: str, name: str, values: np.ndarray, where: str) -> None:
    """Put a column to its kind; ValueError for what is not of it."""
    if kind == "factors":
        if values.dtype.kind not in "biuUS":
            raise ValueError(f"{where}: {name!r} is {values.dtype}: whole numbers or words do; others are targets")
        try:
            known.factors[name], known.sizes[name] = factor(values, name)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
    elif values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise ValueError(f"{where}: {name!r} has entries that are no finite numbers: numbers for all images would do")
    elif kind == "targets":
        known.targets[name] = values.astype(np.float32)
    else:
        found = attribute(values)
        if found is None:
            few = ", ".join(map(str, np.unique(values)[:4]))
            raise ValueError(f"{where}: {name!r} has values {few}: 0 and 1, or -1 and 1, would do; others are targets")
        known.attributes[name] = found
