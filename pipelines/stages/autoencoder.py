"""Stage autoencoder: what methods in a latent space stand on, trained once per data set if the grid has such a method.

If it has none, nothing is trained, and the files that DVC expects say so. The first such method of a grid must not
make the cells of all others run again: for the order, cells depend on ready.json alone, which never changes, and for
the content on runs/adapters/needs, which names the autoencoder's settings to those that stand on it.
"""

from pathlib import Path
from typing import Any

import torch
from diffusers import VQModel
from safetensors import SafetensorError

from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, replacing_folder, write_json
from diffrep.pipelines.core.params import arguments, section
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Base, Optimiser
from diffrep.pipelines.trained.card import expect_same, read_card
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.stage_training import count, ended, training

BY_STEPS = ("steps", "images_seen", "train_loss", "valid_loss", "parameters", "parameters_trained")


def autoencoder(params: dict[str, Any], dataset: str) -> None:
    """Train the autoencoder of `dataset`; runs/<dataset>/autoencoder/vq is what diffusers reads."""
    settings, data = section(params, "autoencoder", Base), Prepared(paths.data(dataset))
    identity = {"dataset": dataset, "method": "", "stage": "autoencoder", "seed": settings.seed}
    with (
        result(paths.autoencoder_result(dataset), params, **identity, data_sha256=data.checksum) as filled,
        replacing_folder(paths.autoencoder(dataset)) as folder,
    ):
        write_json(folder / "ready.json", {"stage": "autoencoder"})
        if read_json(paths.needs())["autoencoder"]:
            train_into(folder, filled, settings, data, params, dataset)
        else:
            filled.not_applicable(BY_STEPS, "no method of the grid stands on an autoencoder")
    ended(dataset, "autoencoder")


def train_into(
    folder: Path, filled: Result, settings: Base, data: Prepared, params: dict[str, Any], dataset: str
) -> None:
    """Write the trained autoencoder, its latents scaled by the first training batch, and what it cost."""
    torch.manual_seed(settings.seed)
    network = Autoencoder(data.image_shape, **arguments(Autoencoder, "autoencoder.network", settings.network))
    optimiser = section(params, "autoencoder.training", Optimiser)
    trained = training(
        network,
        (data.images,),
        data,
        params,
        optimiser,
        steps=params["budgets"][dataset]["autoencoder"],
        seed=settings.seed,
        names=(dataset, "autoencoder"),
        identity={"network": settings.network},
        title=f"autoencoder {dataset}",
    )
    network.cpu().load_state_dict(trained.ema)
    network.set_scale(Batches((data.images,), data.splits["train"], optimiser.batch_size, settings.seed)[0][0])
    network.vq.save_pretrained(folder / "vq")
    card = {"image_shape": data.image_shape, "network": settings.network, "scale": network.scale.item()}
    write_json(folder / "card.json", {**card, "data_sha256": data.checksum})
    filled.update(count(network), **trained.summary(optimiser.batch_size))


def load_autoencoder(dataset: str, image_shape: tuple[int, int, int]) -> Autoencoder:
    """The autoencoder of `dataset`; UserError when it is missing or was made for images of another size."""
    folder, again = paths.autoencoder(dataset), f"run diffrep autoencoder --dataset {dataset} again"
    first = f"run diffrep adapters and diffrep autoencoder --dataset {dataset}"
    saved = read_card(folder, "autoencoder", image_shape, first, again)
    network = Autoencoder(image_shape, **saved["network"])
    try:
        found = VQModel.from_pretrained(folder / "vq", low_cpu_mem_usage=False)
    except (OSError, SafetensorError) as error:
        raise UserError(f"the autoencoder in {folder} cannot be read: {again}") from error
    expect_same(found, network.vq, "autoencoder", folder, again)
    network.vq = found
    network.scale.fill_(saved["scale"])
    return network.eval()
