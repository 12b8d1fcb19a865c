"""The contract of a data set (datasets/source.Source), promise by promise, tried on a row of params.yaml.

`prepare` asks the same of what it writes, and of all images; here the first of them have to do.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from diffrep.datasets import contract
from diffrep.datasets.contract import ContractError
from diffrep.datasets.source import target_names
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.trained.adapters import adapter_path, data_set_named, data_source

LOOKED_AT = 1000  # images


def row_of(params: Params, name: str) -> str | None:
    """The data set of params.yaml that `name`, its own or its adapter's, stands for; None where there is none."""
    rows = [row for row, section in params.datasets.items() if name in (row, section.adapter)]
    return rows[0] if rows else None


def splits_are_apart(source: Any) -> str:
    """Rows of train, valid and test are there, and in no two of them."""
    found = contract.checked_splits(source.splits(), len(source))
    return ", ".join(f"{len(rows):,} {name}" for name, rows in found.items())


def attributes_are_zero_or_one(source: Any) -> str:
    """A column for each name, a row for each image."""
    return f"{attributes_of(source, np.arange(len(source))).shape[1]} attributes"


def factors_lie_within_their_sizes(source: Any) -> str:
    """A column for each name, a row for each image; or no factors and no names."""
    found = factors_of(source, np.arange(len(source)))
    return "no factors" if found is None else f"{found.shape[1]} factors"


def images_are_bytes(source: Any) -> str:
    """Bytes of more than one value, of the shape that is stated, channels last."""
    images = first_images(source)
    contract.expect_range(int(images.min()), int(images.max()))
    return f"{list(images.shape[1:])} from {images.min()} to {images.max()}"


def rows_stay_what_they_are(source: Any) -> None:
    """Asked for again, in another order, rows are the same."""
    rows = np.arange(min(len(source), LOOKED_AT))
    again, factors = rows[::-1], factors_of(source, rows)
    contract.expect_steady("images", first_images(source)[again], source.images(again))
    contract.expect_steady("attributes", attributes_of(source, rows)[again], source.attributes(again))
    contract.expect_steady("factors", None if factors is None else factors[again], source.factors(again))


def attributes_of(source: Any, rows: np.ndarray) -> np.ndarray:
    """The attributes of these rows, as `prepare` would write them."""
    return contract.checked_attributes(source.attributes(rows), len(rows), source.attribute_names)


def factors_of(source: Any, rows: np.ndarray) -> np.ndarray | None:
    """The factors of these rows, as `prepare` would write them."""
    return contract.checked_factors(source.factors(rows), len(rows), source.factor_names, source.factor_sizes)


def first_images(source: Any) -> np.ndarray:
    """The first images that `prepare` would write."""
    count = min(len(source), LOOKED_AT)
    return contract.checked_images(source.images(np.arange(count)), count, source.image_shape)


def targets_are_finite(source: Any) -> str:
    """A column for each name, a row for each image; or no names."""
    names, count = target_names(source), len(source)
    if names:
        contract.checked_targets(source.targets(np.arange(count)), count, names)
    return f"{len(names)} targets" if names else "no targets"


PROMISES: tuple[Callable[[Any], str | None], ...] = (
    splits_are_apart,
    attributes_are_zero_or_one,
    factors_lie_within_their_sizes,
    images_are_bytes,
    rows_stay_what_they_are,
    targets_are_finite,
)


def contract_of_data_set(params: Params, row: str) -> bool:
    """Build a data set and try every promise on it, a line each; whether all of them are kept."""
    source, failed = data_source(params, row), 0
    for promise in PROMISES:
        state, reason = tried(promise, source, row, adapter_path(params, "datasets", row))
        print(f"{promise.__name__.replace('_', ' '):<32}{state:<16}{reason}".rstrip(), flush=True)
        failed += state == "failed"
    print(f"{row} breaks {failed} of {len(PROMISES)} promises" if failed else f"{row} keeps the contract")
    return not failed


def tried(promise: Callable[[Any], str | None], source: Any, row: str, path: str) -> tuple[str, str]:
    """What became of one promise, "ok" or "failed", and why."""
    try:
        with data_set_named(row, path):
            return "ok", promise(source) or ""
    except UserError as error:
        cause = error.__cause__
        return "failed", str(cause if isinstance(cause, ContractError) else error)
