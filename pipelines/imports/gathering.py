"""Every tensor of a network of ours from a tensor of a file; what does not match, either way, is told by its name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from diffrep.pipelines.core.errors import UserError

SHOWN = 3  # names in a message
HALVES = (torch.float16, torch.bfloat16)


def same(value: Tensor) -> Tensor:
    """The tensor as it is."""
    return value


def single(value: Tensor) -> Tensor:
    """Real numbers in single precision; counters as they are."""
    return value.float() if value.is_floating_point() else value


class Source(NamedTuple):
    """Where a tensor of ours stands in a file, and what is done to it on the way."""

    name: str
    take: Callable[[Tensor], Tensor] = same

    def under(self, prefix: str) -> "Source":
        """The same below a prefix."""
        return Source(prefix + self.name, self.take)


def gathered(
    shapes: Mapping[str, torch.Size], source: Callable[[str], Source], state: Mapping[str, Any], where: str
) -> dict[str, Tensor]:
    """The tensors of a network, each from `state`, all of which must be used; UserError for whatever does not match.

    shapes  {name of ours: its shape}
    source  where a name of ours stands in `state`
    where   the file, and what of it this is
    """
    sources = {name: source(name) for name in shapes}
    used = {each.name for each in sources.values()}
    expect_alike(used, state.keys(), where)
    expect_whole(state, where)
    found = {name: single(each.take(state[each.name])) for name, each in sources.items()}
    expect_shapes(shapes, found, sources, where)
    return found


def expect_alike(used: set[str], there: Iterable[str], where: str) -> None:
    """Raise UserError where names are missing or left over."""
    lacking, left = sorted(used - set(there)), sorted(set(there) - used)
    told = [f"lacks {listed(lacking)}"] if lacking else []
    told += [f"has too much: {listed(left)}"] if left else []
    if told:
        raise UserError(f"{where} {' and '.join(told)}: the network is of another kind or size")


def expect_whole(state: Mapping[str, Any], where: str) -> None:
    """Raise UserError for what is no tensor, has half precision, or holds a number that is none."""
    for name, value in state.items():
        if not isinstance(value, Tensor):
            raise UserError(f"{where}: an object that was not read stands where the tensor {name} should be")
        if value.dtype in HALVES:
            kind = str(value.dtype).removeprefix("torch.")
            raise UserError(f"{where} is a copy in half precision ({name} is {kind}): get the original")
        if value.is_floating_point() and not value.isfinite().all():
            raise UserError(f"{where}: {name} holds NaN or infinities: get the file again")


def expect_shapes(
    shapes: Mapping[str, torch.Size], found: Mapping[str, Tensor], sources: Mapping[str, Source], where: str
) -> None:
    """Raise UserError, with all conflicts counted and the first of them shown, where shapes are others."""
    conflicts = [
        f"{sources[name].name} is {list(found[name].shape)} where {list(shape)} is due"
        for name, shape in shapes.items()
        if found[name].shape != shape
    ]
    if conflicts:
        raise UserError(f"{where}: {listed(conflicts)}: the network is of another kind or size")


def state_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tensors of a checkpoint that holds one network by their names: Lightning's, or all of it."""
    state = content.get("state_dict")
    found = state if isinstance(state, Mapping) else content
    return {name: value for name, value in found.items() if isinstance(name, str)}


def below(state: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What of a state stands below a prefix, by its name there."""
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def left_over(state: Iterable[str], *used: str) -> tuple[str, ...]:
    """What of a state is below none of the prefixes that are used, each first word once."""
    names = (name.partition(".") for name in state if not name.startswith(used))
    return tuple(dict.fromkeys(f"{first}.*" if dot else first for first, dot, _ in names))


def unused(state: Iterable[str], *prefixes: str) -> tuple[str, ...]:
    """Which prefixes, of what no network of ours has, stand in a state."""
    names = tuple(state)
    return tuple(f"{prefix}*" for prefix in prefixes if any(name.startswith(prefix) for name in names))


def listed(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
