"""Pictures that the keys of a data set's section name, looked at by themselves where the data set cannot be built."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.files.side_by_side import in_order
from diffrep.datasets.readers.pictures import picture
from diffrep.datasets.readers.stores import Store, store_at
from diffrep.pipelines.core.cores import usable_cores
from diffrep.pipelines.core.progress import meter

AT_ONCE = 256  # pictures


def undecodable(settings: dict[str, Any], name: str) -> list[str]:
    """Why each picture cannot be decoded, of those that cannot, in all stores that a section names."""
    found: dict[Path, list[str]] = {}
    for store in stores(settings):
        if store.path not in found:
            found[store.path] = list(faults_in(store, f"check {name}"))
    return [fault for faults in found.values() for fault in faults]


def stores(settings: dict[str, Any]) -> Iterator[Store]:
    """What holds pictures among the files and folders that a section names."""
    for value in settings.values():
        if isinstance(value, str) and value and Path(value).exists():
            try:
                yield store_at(value)
            except (ValueError, OSError):  # another kind of file, or told already
                continue


def faults_in(store: Store, title: str) -> Iterator[str]:
    """Why each picture of a store cannot be decoded, of those that cannot."""
    count = len(store)
    spans = [(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
    with meter(title, count) as shown:
        for faults in in_order(partial(faults_between, store, store.names()), spans, usable_cores()):
            yield from faults
            shown.advance(min(AT_ONCE, count - shown.done))


def faults_between(store: Store, names: np.ndarray, start: int, stop: int) -> list[str]:
    """The same of the pictures at these places of the store's order."""
    faults = []
    for name in names[start:stop]:
        try:
            (data,) = store.encoded(np.array([name]))
            picture(data, f"{store.path}/{name.decode(errors='replace')}")
        except (ValueError, OSError) as error:
            faults.append(str(error))
    return faults
