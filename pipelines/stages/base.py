"""Stage base: the pre-trained diffusion model that methods stand on, trained here or read back."""

from typing import Any

import torch
from diffusers import DDPMScheduler, UNet2DModel
from safetensors import SafetensorError

from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing_folder, write_json
from diffrep.pipelines.core.params import arguments, section
from diffrep.pipelines.core.results import result
from diffrep.pipelines.core.sections import Base, Optimiser
from diffrep.pipelines.trained.card import expect_same, read_card
from diffrep.pipelines.training.stage_training import count, ended, training


def base(params: dict[str, Any], dataset: str) -> None:
    """Train the base model of `dataset`; runs/<dataset>/base/unet and scheduler are what diffusers reads."""
    settings, data = section(params, "base", Base), Prepared(paths.data(dataset))
    out, steps = paths.base(dataset), params["budgets"][dataset]["base"]
    with result(
        paths.base_result(dataset),
        params,
        dataset=dataset,
        method="",
        stage="base",
        seed=settings.seed,
        data_sha256=data.checksum,
    ) as filled:
        torch.manual_seed(settings.seed)
        network = BaseDPM(data.image_shape, **arguments(BaseDPM, "base.network", settings.network))
        trained = training(
            network,
            (data.images,),
            data,
            params,
            section(params, "base.training", Optimiser),
            steps=steps,
            seed=settings.seed,
            names=(dataset, "base"),
            identity={"network": settings.network},
            title=f"base {dataset}",
        )
        network.load_state_dict(trained.ema)
        with replacing_folder(out) as folder:
            network.unet.save_pretrained(folder / "unet")
            DDPMScheduler(**network.scheduler_config()).save_pretrained(folder / "scheduler")  # type: ignore[attr-defined]
            write_json(folder / "card.json", card(settings.network, data, steps))
        filled.update(count(network), **trained.summary(settings.training["batch_size"]))
    ended(dataset, "base")


def card(network: dict[str, Any], data: Prepared, steps: int) -> dict[str, Any]:
    """What a reader of the saved model has to know beside diffusers' own configuration."""
    return {
        "image_shape": data.image_shape,
        "network": network,
        "input": f"pixel_unshuffle of the image by {network['patch']}, values in [-1, 1]",
        "data": data.card["name"],
        "data_sha256": data.checksum,
        "steps": steps,
        "weights": "exponential moving average",
    }


def load_base(dataset: str, image_shape: tuple[int, int, int]) -> BaseDPM:
    """The base model of `dataset`; UserError when it is missing or was made for images of another size."""
    folder, again = paths.base(dataset), f"run diffrep base --dataset {dataset} again"
    first = f"run diffrep base --dataset {dataset} first"
    saved = read_card(folder, "base model", image_shape, first, again)
    network = BaseDPM(image_shape, **saved["network"])
    try:
        found = UNet2DModel.from_pretrained(folder / "unet", low_cpu_mem_usage=False)
    except (OSError, SafetensorError) as error:
        raise UserError(f"the base model in {folder} cannot be read: {again}") from error
    expect_same(found, network.unet, "base model", folder, again)
    network.unet = found
    return network.eval()
