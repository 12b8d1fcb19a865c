"""Methods that learn representations with diffusion models, under one protocol: their metrics, and what was trained.

    import diffrep

    cell = diffrep.load("runs/shapes3d_rendered/diffae/0")
    codes = cell.encode(images)

`diffrep.metrics` has every metric as a function of arrays; `diffrep --help` is the suite. Importing this costs nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffrep.pipelines.trained.opened import OpenCell

__all__ = ["__version__", "load"]

__version__ = "0.1.0"


def load(folder: Path | str) -> "OpenCell":
    """The trained method in a folder of a run, with `encode`, `decode` and `invert`; needs the extra `suite`.

    folder  runs/DATASET/METHOD/SEED of a workspace, or a copy; a base model is looked for where it lay beside it

    A UserError of one line for a folder that is none, is not whole, or was made by another version.

        cell = diffrep.load("trial/runs/shapes3d_rendered/pdae/0")
        codes = cell.encode(images)                      # [n, h, w, c] uint8 -> [n, d] float32
        again = cell.decode(codes)                       # from noise that depends on the seed and the row alone
        edited = cell.decode(other_codes, start=cell.invert(images, codes))
    """
    try:
        from diffrep.pipelines.trained.opened import opened
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error.name} is not installed: pip install 'diffrep[suite]'") from error
    return opened(Path(folder))
