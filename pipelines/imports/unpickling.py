"""An unpickler that imports nothing and calls nothing of a file: it knows tensors, parameters and ordered dicts.

Lightning's files up to 1.4 key their callbacks by class and hold configurations as objects, which torch's own safe
reader refuses altogether. Here every name that is not known stands for an inert class, made on the spot.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, Any, NamedTuple

import torch
from torch import Tensor

from diffrep.pipelines.core.errors import UserError

DTYPES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


class Storage(NamedTuple):
    """What a pickle says of the numbers of tensors: their type, the name of their record, how many there are."""

    dtype: torch.dtype
    key: str
    numel: int


Load = Callable[[Storage], Tensor]


class Inert:
    """What stands for an object that is not read: whatever it is given, it does nothing with it."""

    def __new__(cls, *given: Any, **named: Any) -> "Inert":
        """An object of nothing."""
        return super().__new__(cls)

    def __init__(self, *given: Any, **named: Any) -> None: ...

    def __call__(self, *given: Any, **named: Any) -> "Inert":
        """Itself, where a file would call what it has made."""
        return self

    def __setstate__(self, state: Any) -> None: ...

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def append(self, value: Any) -> None:
        """Nothing, for a list of another class."""

    def add(self, value: Any) -> None:
        """Nothing, for a set of another class."""


class SafeUnpickler(pickle.Unpickler):
    """Reads the pickle of a checkpoint; `replaced` then holds the names for which inert classes stand, with how often.

    load  gives the numbers of a storage, flat [numel]
    """

    def __init__(self, file: IO[bytes], load: Load) -> None:
        super().__init__(file)
        self.load_storage = load
        self.replaced: dict[str, int] = {}
        self.inert: dict[str, type[Inert]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle's name stands for; nothing is imported."""
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): self.tensor,
            ("torch._utils", "_rebuild_parameter"): self.parameter,
        }
        return known.get((module, name)) or self.stand_in(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Storage:
        """The storage that a tensor of the file is a view of."""
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage" and isinstance(pid[1], torch.dtype)):
            kind = pid[0] if isinstance(pid, tuple) and pid else pid
            raise UserError(f"it keeps its numbers in a way that is not known here ({str(kind)[:40]!r})")
        return Storage(pid[1], str(pid[2]), int(pid[4]))

    def tensor(self, storage: Any, offset: int, size: Any, stride: Any, *others: Any) -> Any:
        """The view of a storage that a tensor is; what is no such view is left inert."""
        if not isinstance(storage, Storage):
            return self.stand_in("torch._utils._rebuild_tensor_v2 of an object")()
        return self.load_storage(storage).as_strided(tuple(size), tuple(stride), int(offset))

    def parameter(self, data: Any, *others: Any) -> Any:
        """A parameter's tensor."""
        return data

    def stand_in(self, name: str) -> type[Inert]:
        """The inert class of a name, one for each so that it can be the key of a dict."""
        self.replaced[name] = self.replaced.get(name, 0) + 1
        return self.inert.setdefault(name, type(name.rpartition(".")[2] or "Inert", (Inert,), {}))
