"""Rows whose weights come from a file that others have published: the methods of the suite, not trained here.

`diffrep import-weights` writes the file and the row's section. The stage train then reads the weights where a method
that is fitted in closed form would be fitted, and all other stages find a trained cell like any other.
"""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import Parameter
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from diffrep.datasets.files.sums import sha256_of
from diffrep.methods.dbae import DBAE
from diffrep.methods.diffae import DiffAE
from diffrep.methods.encdiff import EncDiff
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.networks.autoencoder import Autoencoder, AutoencoderSettings
from diffrep.methods.shared.networks.spectral_norm import folded
from diffrep.pipelines.core.errors import UserError

WEIGHTS = "weights.safetensors"
AGAIN = "run diffrep import-weights again"


@dataclass(frozen=True)
class ImportedFile:
    """The file of a row.

    folder        of weights.safetensors, seen from the workspace
    sha256        of that file
    image_shape   (channels, height, width) of the images that it was trained on
    learned_from  what those were, as the report lays it beside printed numbers; empty where nobody has said
    """

    folder: str
    sha256: str
    image_shape: tuple[int, int, int]
    learned_from: str = ""


def nowhere(image_shape: tuple[int, int, int]) -> dict[str, Any]:
    """The key `imported` of a network that is built for its shapes alone."""
    return {"folder": "", "sha256": "", "image_shape": image_shape}


class Absent:
    """An attribute that a class does not have, though its parent does."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        """AttributeError, as for any other name."""
        raise AttributeError("nothing is trained here")


class FromFile:
    """What makes a method one that is read from a file instead of trained: its section has `imported` beside its keys.

    Raises ValueError where the data set has other images than the weights were trained on.
    """

    loss = Absent()
    imported: ImportedFile
    note = "published weights, trained by others"

    def __init_subclass__(cls, **keys: Any) -> None:
        """Take the keys of the method that `cls` has behind this class, and `keys`, each with its type."""
        super().__init_subclass__()
        given = inspect.signature(cls.__mro__[2], eval_str=True).parameters
        own = {name: Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in keys.items()}
        file = Parameter("imported", Parameter.KEYWORD_ONLY, annotation=ImportedFile)
        every = {**given, **own, file.name: file}.values()
        cls.__signature__ = inspect.Signature(sorted(every, key=lambda each: each.kind))  # type: ignore[attr-defined]

    def __init__(
        self, image_shape: tuple[int, int, int], *needed: Any, imported: ImportedFile, **settings: Any
    ) -> None:
        if tuple(image_shape) != tuple(imported.image_shape):
            given = f"{list(imported.image_shape)}, the data set's are {list(image_shape)}"
            raise ValueError(f"the weights in {imported.folder} are for images of {given}")
        super().__init__(image_shape, *needed, **settings)  # type: ignore[call-arg]
        self.imported = imported

    def fit(self, batches: Iterable[Any]) -> None:
        """Take the weights of the file; the images are not looked at."""
        path = Path(self.imported.folder, WEIGHTS)
        if not path.is_file() or sha256_of(path) != self.imported.sha256:
            raise UserError(f"{path} is missing, or not the file that its section of params.yaml names: {AGAIN}")
        try:
            self.load_state_dict(load_file(path))  # type: ignore[attr-defined]
        except (RuntimeError, SafetensorError) as error:
            raise UserError(f"{path} does not fit its section of params.yaml: {AGAIN}") from error


class ImportedPDAE(FromFile, PDAE):  # type: ignore[misc]
    """PDAE as its authors trained it."""


class ImportedDiffAE(FromFile, DiffAE):  # type: ignore[misc]
    """Diff-AE as its authors trained it."""


class ImportedLatentEncDiff(FromFile, EncDiff, autoencoder=AutoencoderSettings):  # type: ignore[misc]
    """EncDiff in the latent space of the autoencoder that lies in the same file."""

    def __init__(self, image_shape: tuple[int, int, int], *, autoencoder: AutoencoderSettings, **settings: Any) -> None:
        super().__init__(image_shape, Autoencoder(image_shape, network=autoencoder), **settings)


class ImportedDBAE(FromFile, DBAE):  # type: ignore[misc]
    """DBAE as its authors trained it, its spectral norms folded into the weights."""

    def __init__(self, image_shape: tuple[int, int, int], **settings: Any) -> None:
        super().__init__(image_shape, **settings)
        folded(self.generator)
