"""Train the pre-trained diffusion model that methods stand on, or import one; diffusers' from_pretrained reads it.

An imported one takes no step here: its weights are those of the files that `base.from` names.
"""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import IMPORTED_BASE, PARTIAL, Shared
from diffrep.pipelines.core.sections import Imported, Pretrained
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from diffrep.datasets.prepared import Prepared
    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.pipelines.core.results import Result

KEPT = {"ema": "exponential moving average", "raw": "those of the last step"}


def base(params: Params, shared: Shared) -> None:
    """Make the base model of a data set; runs/<dataset>/base/unet and scheduler are what diffusers reads."""
    from diffusers import DDPMScheduler

    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.files import replacing_folder
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.training.training import ended

    data, partial = Prepared(shared.data), PARTIAL / shared.dataset / "base"
    with written(STAGE, shared, params, seed=params.base.seed, data_sha256=data.checksum) as result:
        if isinstance(params.base, Imported):
            network, card = imported(result, params.base, params, data)
        else:
            network, card = trained(result, params.base, params, shared, data)
        with replacing_folder(shared.base) as folder:
            network.unet.save_pretrained(folder / "unet")
            DDPMScheduler(**network.scheduler_config()).save_pretrained(folder / "scheduler")  # type: ignore[attr-defined]
            write_card(folder / "card.json", card, of=folder)
    ended(partial)


def trained(
    result: "Result", settings: Pretrained, params: Params, shared: Shared, data: "Prepared"
) -> tuple["BaseDPM", dict[str, Any]]:
    """The model trained by its section, and its card."""
    import torch

    from diffrep.methods.shared.denoisers.base import BaseDPM
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.training.training import count, training

    steps = params.budgets[shared.dataset].base
    torch.manual_seed(settings.seed)
    network = BaseDPM(data.image_shape, **arguments(BaseDPM, "base", {"network": settings.network}))
    found = training(
        network,
        (data.images,),
        data,
        settings.training,
        params.machine,
        steps=steps,
        seed=settings.seed,
        partial=PARTIAL / shared.dataset / "base",
        identity={"network": settings.network, "code": code_on_record(STAGE, shared)},
        title=f"base {shared.dataset}",
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
    from diffrep.pipelines.trained.imported import expect_recorded, load_weights, network_of
    from diffrep.pipelines.trained.source_files import sums
    from diffrep.pipelines.training.training import BY_STEPS, count

    recorded, described = expect_recorded(params), network_of(params, "base")
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
    Shared,
    params=("base", "budgets.{dataset}.base", *TRAINING_MACHINE),
    reads=lambda shared: (shared.data, IMPORTED_BASE),
    writes=lambda shared: (shared.base,),
    results=lambda shared: (shared.results("base"),),
    on_device=True,
)
