"""All that is wrong with the files of data sets, told at once before anything is written or trained."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from diffrep.datasets.contract import checked_images, expect_range
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.files.side_by_side import in_order
from diffrep.datasets.source import target_names
from diffrep.datasets.writing import PIECE
from diffrep.pipelines.contract import data_set
from diffrep.pipelines.core.cores import usable_cores
from diffrep.pipelines.core.errors import UserError, one_line
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.own_code import blamed, raised
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.sources.stores import undecodable
from diffrep.pipelines.trained.adapters import adapter_path, data_source
from diffrep.pipelines.trained.limits import too_large

KNOWN = (  # promises on what is known of the images
    data_set.splits_are_apart,
    data_set.attributes_are_zero_or_one,
    data_set.factors_lie_within_their_sizes,
    data_set.targets_are_finite,
)
BROKEN = "images(rows) "  # how what breaks the contract is told of images
NUMBER = re.compile(r"[\d.]+")


class Read(NamedTuple):
    """The range of the pixels that could be read, and why each row could not be that could not."""

    low: int
    high: int
    faults: dict[int, str]


def check(params: Params, name: str | None) -> bool:
    """Look through a data set of params.yaml, or all of the grid, and say what is wrong, or what is there.

    Whether nothing is wrong. Nothing is written, and a fault hides no other: where a data set cannot be built, the
    pictures that its section names are still decoded. UserError where params.yaml has no such data set.
    """
    if name is not None and name not in params.datasets:
        raise UserError(f"no data set {brief(name)} in datasets of {FILE}: {hint(name, params.datasets)}")
    whole = True
    for each in params.grid.dataset if name is None else (name,):
        source, faults = built(params, each)
        if source is None:
            pictures = undecodable(params.datasets[each].settings, each)
            faults = [fault for fault in faults if not any(told in fault for told in pictures)] + pictures
        else:
            faults += faults_of(params, each, source)
        whole = whole and not faults
        print("\n  ".join([f"{each}: {how_many(len(faults))}", *(faults or there(source))]), flush=True)
    return whole


def how_many(count: int) -> str:
    """How much is wrong, in words."""
    return f"{count:,} fault{'s' if count > 1 else ''}" if count else "nothing is wrong"


def built(params: Params, name: str) -> tuple[Any, list[str]]:
    """The data set, or None and what keeps it from being built."""
    try:
        return data_source(params, name), []
    except Exception as error:
        return None, sentences(error)


def faults_of(params: Params, name: str, source: Any) -> list[str]:
    """What is wrong with a data set that can be built, and which settings it is too small for if it is in the grid."""
    blame = {f"data set {name!r}": adapter_path(params, "datasets", name)}
    faults = [fault for promise in KNOWN for fault in broken(promise, source, blame)]
    if not faults and name in params.grid.dataset:
        faults = too_large(params, name, source)
    if getattr(source, "packed", False):
        return faults + archive_faults(source, name)
    unread = image_faults(source, name, blame)
    found = faults + (unread or broken(data_set.rows_stay_what_they_are, source, blame))
    return list(dict.fromkeys(found))  # the last promise asks for what the others do


def broken(promise: Any, source: Any, blame: dict[str, str]) -> list[str]:
    """Why a promise is not kept; nothing where it is."""
    try:
        with blamed(blame):
            promise(source)
    except Exception as error:
        return sentences(error)
    return []


def archive_faults(source: Any, name: str) -> list[str]:
    """What is wrong with an archive that is still packed, read from its one end to the other and kept nowhere."""
    try:
        with meter(f"check {name}", source.packed) as shown:
            for done in source.read_through():
                shown.advance(done - shown.done)
    except Exception as error:
        return sentences(error)
    return []


def image_faults(source: Any, name: str, blame: dict[str, str]) -> list[str]:
    """What is wrong with the images, all of them decoded, by several processes."""
    count, rows = len(source), max(1, PIECE // int(np.prod(source.image_shape)))
    spans = [(start, min(start + rows, count)) for start in range(0, count, rows)]
    faults: dict[int, str] = {}
    low, high = 255, 0
    with meter(f"check {name}", count) as shown:
        for read in in_order(partial(read_rows, source, blame), spans, usable_cores()):
            low, high, faults = min(low, read.low), max(high, read.high), faults | read.faults
            shown.advance(min(rows, count - shown.done))
    if faults:
        return list(by_sentence(faults))
    return broken(lambda _: expect_range(low, high), source, blame)


def read_rows(source: Any, blame: dict[str, str], start: int, stop: int) -> Read:
    """Images as `prepare` would write them; where they cannot be had together, those of each half by themselves."""
    try:
        with blamed(blame):
            images = checked_images(source.images(np.arange(start, stop)), stop - start, source.image_shape)
    except Exception as error:
        if stop - start == 1:
            return Read(255, 0, {start: "; ".join(sentences(error))})
        middle = (start + stop) // 2
        first, second = (read_rows(source, blame, *half) for half in ((start, middle), (middle, stop)))
        return Read(min(first.low, second.low), max(first.high, second.high), first.faults | second.faults)
    return Read(int(images.min()), int(images.max()), {})


def by_sentence(faults: dict[int, str]) -> Iterator[str]:
    """Each sentence once, with the rows that it is said of; what breaks the contract alike, with the first numbers."""
    rows: dict[str, list[int]] = {}
    for row, sentence in faults.items():
        alike = NUMBER.sub("", sentence) if sentence.startswith(BROKEN) else sentence
        rows.setdefault(alike, []).append(row)
    for first, *others in rows.values():
        many = f"{1 + len(others):,} rows from {first} to {others[-1]}" if others else f"row {first}"
        yield f"{many}: {faults[first]}"


def sentences(error: Exception) -> list[str]:
    """What went wrong, a sentence for each thing."""
    cause = error.__cause__ if isinstance(error, UserError) else error
    return cause.faults if isinstance(cause, Faults) else [one_line(error) or raised(error)]


def there(source: Any) -> list[str]:
    """What a whole data set has, in two lines."""
    counts = ", ".join(f"{len(rows):,} {name}" for name, rows in source.splits().items())
    known = {"factors": source.factor_names, "attributes": source.attribute_names, "targets": target_names(source)}
    names = ", ".join(f"{len(words)} {what}" for what, words in known.items() if len(words)) or "nothing known of them"
    return [f"{' x '.join(map(str, source.image_shape))}: {counts}; {names}", source.source]
