"""The trained encoder of a cell as MLflow's model: `predict` gives codes. It holds where the weights lie, not them.

    mlflow.pyfunc.load_model("runs:/RUN/encoder").predict(images)

The folder of the weights has to be there: where it lies elsewhere by now, model_config={"folder": FOLDER} names it.
"""

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.tracking.store import RunKey

if TYPE_CHECKING:
    from diffrep.pipelines.trained.opened import OpenCell

NAME, FILE = "encoder", "MLmodel"


class Encoder:
    """A trained cell, as MLflow calls it."""

    def __init__(self, cell: "OpenCell") -> None:
        self.cell = cell

    def predict(self, images: np.ndarray, params: dict[str, Any] | None = None) -> np.ndarray:
        """Codes [n, d] float32, the method's default view, of images [n, h, w, c] uint8.

        ValueError for images of another shape or type than the method was trained on; MLflow's `params` are not used.
        """
        return self.cell.encode(images)


def reference(key: RunKey, root: Path) -> str:
    """MLflow's file of the encoder, which names the cell; empty where its weights are not here."""
    if key.kind != "method" or key.seed is None:
        return ""
    card = root / Cell(key.dataset, key.row, key.seed).weights / "settings.json"
    if not card.exists():
        return ""
    place = {"folder": str(card.parent.resolve())}
    flavour = {"loader_module": __name__, "python_version": platform.python_version(), "config": place}
    metadata = {"weights": read_json(card).get("sha256")}  # so that another training makes another file
    whole = {"artifact_path": NAME, "flavors": {"python_function": flavour}, "metadata": metadata}
    return yaml.safe_dump(whole, sort_keys=False)


def _load_pyfunc(path: str, model_config: dict[str, Any]) -> Encoder:
    """What MLflow calls to load the model; UserError where the folder is not there, or holds no cell that opens."""
    from diffrep.pipelines.core.errors import UserError
    from diffrep.pipelines.trained.opened import opened

    folder = Path(model_config["folder"])
    if not folder.is_dir():
        named = "name it by model_config={'folder': FOLDER}"
        raise UserError(f"{folder}, whose weights are this model's, is not here: {named}")
    return Encoder(opened(folder))
