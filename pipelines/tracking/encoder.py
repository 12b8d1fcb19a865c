"""The trained encoder of a cell as MLflow's model: `predict` gives codes. It holds where the weights lie, not them.

    mlflow.pyfunc.load_model("runs:/RUN/encoder").predict(images)

The workspace that trained it has to be there, as the weights are: elsewhere model_config={"root": FOLDER} names it.
"""

import platform
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.tracking.store import RunKey

if TYPE_CHECKING:
    from diffrep.methods.shared.method import Method

NAME, FILE = "encoder", "MLmodel"


class Encoder:
    """A trained method, as MLflow calls it."""

    def __init__(self, network: "Method", image_shape: tuple[int, int, int], batch_size: int) -> None:
        self.network, self.image_shape, self.batch_size = network, image_shape, batch_size

    def predict(self, images: np.ndarray, params: dict[str, Any] | None = None) -> np.ndarray:
        """Codes [n, d] float32, the method's default view, of images [n, h, w, c] uint8.

        ValueError for images of another shape or type than the method was trained on; MLflow's `params` are not used.
        """
        from diffrep.pipelines.trained.encoding import views_of

        depth, height, width = self.image_shape
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.shape[1:] != (height, width, depth) or not len(images):
            expected = f"images [n, {height}, {width}, {depth}] uint8, n at least 1"
            raise ValueError(f"{images.dtype} {list(images.shape)} was given: {expected} would do")
        views = views_of(self.network, images, np.arange(len(images)), self.batch_size)
        return np.concatenate([next(iter(each.values())).numpy() for each in views])


def reference(key: RunKey, root: Path) -> str:
    """MLflow's file of the encoder, which names the cell; empty where its weights are not here."""
    if key.kind != "method" or key.seed is None:
        return ""
    card = root / Cell(key.dataset, key.row, key.seed).weights / "settings.json"
    if not card.exists():
        return ""
    cell = {"root": str(root.resolve()), "dataset": key.dataset, "method": key.row, "seed": key.seed}
    flavour = {"loader_module": __name__, "python_version": platform.python_version(), "config": cell}
    metadata = {"weights": read_json(card).get("sha256")}  # so that another training makes another file
    whole = {"artifact_path": NAME, "flavors": {"python_function": flavour}, "metadata": metadata}
    return yaml.safe_dump(whole, sort_keys=False)


def _load_pyfunc(path: str, model_config: dict[str, Any]) -> Encoder:
    """What MLflow calls to load the model; UserError where the cell is not there, or has other settings by now."""
    from diffrep.datasets.prepared import read_card
    from diffrep.pipelines.core.errors import UserError
    from diffrep.pipelines.core.params import load
    from diffrep.pipelines.trained import cells

    root = Path(model_config["root"])
    if not root.is_dir():
        raise UserError(f"{root}, which trained this model, is not here: name it by model_config={{'root': FOLDER}}")
    cell = Cell(model_config["dataset"], model_config["method"], model_config["seed"])
    with chdir(root):  # where all paths of a cell begin
        params = load()
        shape = tuple(read_card(cell.shared.data)["image_shape"])
        return Encoder(cells.load(params, cell, shape), shape, params.evaluate.batch_size)
