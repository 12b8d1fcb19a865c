"""Rows whose weights come from a file that others have published: the methods of the suite, not trained here.

`diffrep import-weights` writes the file and the row's section. The stage train then reads the weights where a method
that is fitted in closed form would be fitted, and all other stages find a trained cell like any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load_file

from diffrep.datasets.files.sums import sha256_of
from diffrep.methods.dbae import DBAE
from diffrep.methods.diffae import DiffAE
from diffrep.methods.encdiff import EncDiff
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.methods.shared.denoisers.bridge_unet import BridgeUNetSettings
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPMSettings
from diffrep.methods.shared.networks.autoencoder import Autoencoder, AutoencoderSettings
from diffrep.methods.shared.networks.concepts import TokenSettings, TrunkSettings
from diffrep.methods.shared.networks.encoder import EncoderSettings
from diffrep.methods.shared.networks.fastgan import GeneratorSettings
from diffrep.methods.shared.networks.half_unet import HalfUNetSettings
from diffrep.methods.shared.networks.spectral_norm import folded
from diffrep.methods.shared.networks.token_unet import TokenUNetSettings
from diffrep.methods.shared.process.sampler import SamplerName
from diffrep.methods.shared.process.schedule import Betas, TimestepSampling
from diffrep.methods.shared.settings import Count, Scale
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
    """What makes a method one that is read from a file instead of trained."""

    loss = Absent()
    imported: ImportedFile
    note = "published weights, trained by others"

    def expect_images(self, imported: ImportedFile, image_shape: tuple[int, int, int]) -> None:
        """Raise ValueError where the data set has other images than the weights were trained on."""
        if tuple(image_shape) != tuple(imported.image_shape):
            given = f"{list(imported.image_shape)}, the data set's are {list(image_shape)}"
            raise ValueError(f"the weights in {imported.folder} are for images of {given}")

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

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        imported: ImportedFile,
        code_dim: Count,
        encoder: EncoderSettings,
        code_scale: Scale,
        decoder: ShiftedDPMSettings,
    ) -> None:
        self.expect_images(imported, image_shape)
        super().__init__(image_shape, base, code_dim=code_dim, encoder=encoder, code_scale=code_scale, decoder=decoder)
        self.imported = imported


class ImportedDiffAE(FromFile, DiffAE):  # type: ignore[misc]
    """Diff-AE as its authors trained it."""

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        imported: ImportedFile,
        code_dim: Count,
        encoder: EncoderSettings | HalfUNetSettings,
        code_scale: Scale,
        network: DPMSettings,
        timestep_sampling: TimestepSampling,
        sampler: SamplerName,
    ) -> None:
        self.expect_images(imported, image_shape)
        super().__init__(
            image_shape,
            code_dim=code_dim,
            encoder=encoder,
            code_scale=code_scale,
            network=network,
            timestep_sampling=timestep_sampling,
            sampler=sampler,
        )
        self.imported = imported


class ImportedLatentEncDiff(FromFile, EncDiff):  # type: ignore[misc]
    """EncDiff in the latent space of the autoencoder that lies in the same file."""

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        imported: ImportedFile,
        autoencoder: AutoencoderSettings,
        code_dim: Count,
        tokens: TokenSettings,
        encoder: TrunkSettings,
        code_scale: Scale,
        network: TokenUNetSettings,
        betas: Betas,
        timestep_sampling: TimestepSampling,
        loss: Literal["l1", "mse"],
        sampler: SamplerName,
        eta: float,
    ) -> None:
        self.expect_images(imported, image_shape)
        super().__init__(
            image_shape,
            Autoencoder(image_shape, network=autoencoder),
            code_dim=code_dim,
            tokens=tokens,
            encoder=encoder,
            code_scale=code_scale,
            network=network,
            betas=betas,
            timestep_sampling=timestep_sampling,
            loss=loss,
            sampler=sampler,
            eta=eta,
        )
        self.imported = imported


class ImportedDBAE(FromFile, DBAE):  # type: ignore[misc]
    """DBAE as its authors trained it, its spectral norms folded into the weights."""

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        imported: ImportedFile,
        code_dim: Count,
        encoder: EncoderSettings | HalfUNetSettings,
        code_scale: Scale,
        code: Literal["fixed", "mean", "sample"],
        generator: GeneratorSettings,
        network: BridgeUNetSettings,
        churn: float,
    ) -> None:
        self.expect_images(imported, image_shape)
        super().__init__(
            image_shape,
            code_dim=code_dim,
            encoder=encoder,
            code_scale=code_scale,
            code=code,
            generator=generator,
            network=network,
            churn=churn,
        )
        folded(self.generator)
        self.imported = imported
