"""Train the diffusion model that a seed's methods stand on, or import one; diffusers' from_pretrained reads it.

An imported one takes no step here: its weights are those of the files that `base.from` names.
"""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import IMPORTED_BASE, PARTIAL, Repeat
from diffrep.pipelines.core.sections import Imported, Pretrained
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from diffrep.datasets.prepared import Prepared
    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.pipelines.core.results import Result

KEPT = {"ema": "exponential moving average", "raw": "those of the last step"}


def base(params: Params, repeat: Repeat) -> None:
    """Make a seed's base model; unet and scheduler in runs/<dataset>/base/<seed> are what diffusers reads."""
    from diffusers import DDPMScheduler

    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.files import replacing_folder
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.training.training import ended

    data = Prepared(repeat.shared.data)
    with written(STAGE, repeat, params, data_sha256=data.checksum) as result:
        if isinstance(params.base, Imported):
            network, card = imported(result, params.base, params, data)
        else:
            network, card = trained(result, params.base, params, repeat, data)
        with replacing_folder(repeat.base) as folder:
            network.unet.save_pretrained(folder / "unet")
            DDPMScheduler(**network.scheduler_config()).save_pretrained(folder / "scheduler")  # type: ignore[attr-defined]
            write_card(folder / "card.json", card, of=folder)
    ended(partial(repeat))


def partial(repeat: Repeat) -> "Path":
    """Where the checkpoints of an unfinished training lie."""
    return PARTIAL / repeat.dataset / "base" / str(repeat.seed)


def trained(
    result: "Result", settings: Pretrained, params: Params, repeat: Repeat, data: "Prepared"
) -> tuple["BaseDPM", dict[str, Any]]:
    """The model trained by its section, and its card."""
    import torch

    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.training.training import count, training

    steps, seed = params.budgets[repeat.dataset].base, int(repeat.seed)
    torch.manual_seed(seed)
    network = BaseDPM(data.image_shape, **arguments(BaseDPM, "base", {"network": settings.network}))
    found = training(
        network,
        (data.images,),
        data,
        settings.training,
        params.machine,
        steps=steps,
        seed=seed,
        partial=partial(repeat),
        identity={"network": settings.network, "code": code_on_record(STAGE, repeat)},
        title=f"base {repeat.dataset} {seed}",
    )
    network.load_state_dict(found.kept(settings.training))
    result.update(count(network), **found.summary(settings.training.batch_size))
    result.earlier = found.earlier
    return network, {**card(settings.network, data), "steps": steps, "weights": KEPT[settings.training.weights]}


def imported(
    result: "Result", settings: Imported, params: Params, data: "Prepared"
) -> tuple["BaseDPM", dict[str, Any]]:
    """The model that `base.from` names, and its card; UserError where it is not what the stage `code` has seen."""
    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.trained.imported import expect_recorded, load_weights, network_settings
    from diffrep.pipelines.trained.source_files import sums
    from diffrep.pipelines.training.training import BY_STEPS, count

    recorded, described = expect_recorded(params), network_settings(settings.source)
    network = BaseDPM(data.image_shape, **arguments(BaseDPM, "base", {"network": described})).requires_grad_(False)
    load_weights(network.unet, settings.source)
    result.update(count(network))
    commit = {"commit": recorded["commit"]} if "commit" in recorded else {}  # of a repository of the Hub
    whose = " at ".join([settings.source, *commit.values()])
    result.add(missing(BY_STEPS, f"not applicable: imported from {whose}, which others trained"))
    files = recorded.get("files") or sums(settings.source)
    own = {"from": settings.source, **commit, "source_sha256": files, "weights": "as imported"}
    return network, {**card(described, data), **own}


def card(network: dict[str, Any], data: "Prepared") -> dict[str, Any]:
    """What a reader of the saved model has to know beside diffusers' own configuration, however it was made."""
    return {
        "image_shape": data.image_shape,
        "network": network,
        "input": f"pixel_unshuffle of the image by {network['patch']}, values in [-1, 1]",
        "data": data.card["name"],
        "data_sha256": data.checksum,
    }


STAGE = Stage(
    base,
    Repeat,
    params=("base", "budgets.{dataset}.base", *TRAINING_MACHINE),
    reads=lambda repeat: (repeat.shared.data, IMPORTED_BASE),
    writes=lambda repeat: (repeat.base,),
    results=lambda repeat: (repeat.results("base"),),
    on_device=True,
)
