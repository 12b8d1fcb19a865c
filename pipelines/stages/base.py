"""Train the pre-trained diffusion model that methods stand on, in a form that diffusers' from_pretrained reads."""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import PARTIAL, Shared
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.sections import Pretrained


def base(params: Params, shared: Shared) -> None:
    """Train the base model of a data set; runs/<dataset>/base/unet and scheduler are what diffusers reads."""
    import torch
    from diffusers import DDPMScheduler

    from diffrep.datasets.prepared import Prepared
    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.files import replacing_folder
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.training.training import count, ended, training

    settings, data, partial = params.base, Prepared(shared.data), PARTIAL / shared.dataset / "base"
    steps = params.budgets[shared.dataset].base
    with written(STAGE, shared, params, seed=settings.seed, data_sha256=data.checksum) as result:
        torch.manual_seed(settings.seed)
        network = BaseDPM(data.image_shape, **arguments(BaseDPM, "base", {"network": settings.network}))
        trained = training(
            network,
            (data.images,),
            data,
            settings.training,
            params.machine,
            steps=steps,
            seed=settings.seed,
            partial=partial,
            identity={"network": settings.network, "code": code_on_record(STAGE, shared)},
            title=f"base {shared.dataset}",
        )
        network.load_state_dict(trained.kept(settings.training))
        with replacing_folder(shared.base) as folder:
            network.unet.save_pretrained(folder / "unet")
            DDPMScheduler(**network.scheduler_config()).save_pretrained(folder / "scheduler")  # type: ignore[attr-defined]
            write_card(folder / "card.json", card(settings, data, steps), of=folder)
        result.update(count(network), **trained.summary(settings.training.batch_size))
        result.earlier = trained.earlier
    ended(partial)


def card(settings: "Pretrained", data: "Prepared", steps: int) -> dict[str, Any]:
    """What a reader of the saved model has to know beside diffusers' own configuration."""
    return {
        "image_shape": data.image_shape,
        "network": settings.network,
        "input": f"pixel_unshuffle of the image by {settings.network['patch']}, values in [-1, 1]",
        "data": data.card["name"],
        "data_sha256": data.checksum,
        "steps": steps,
        "weights": {"ema": "exponential moving average", "raw": "those of the last step"}[settings.training.weights],
    }


STAGE = Stage(
    base,
    Shared,
    params=("base", "budgets.{dataset}.base", *TRAINING_MACHINE),
    reads=lambda shared: (shared.data,),
    writes=lambda shared: (shared.base,),
    results=lambda shared: (shared.results("base"),),
    on_device=True,
)
