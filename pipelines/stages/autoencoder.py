"""Train the autoencoder of methods in a latent space, or import one; without such a method, put that on record.

The first such method of a grid must not make the cells of all others run again: for the order, cells depend on
ready.json alone, which never changes, and for the content on the settings that runs/code/needs names to those that
stand on them. An imported one takes no step here: its weights are those of the folder that `autoencoder.from` names.
"""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import PARTIAL, Shared
from diffrep.pipelines.core.sections import Imported, PretrainedOnce
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from diffrep.datasets.prepared import Prepared
    from diffrep.methods.shared.networks.autoencoder import Autoencoder
    from diffrep.pipelines.core.results import Result

UNUSED = "not applicable: no method of the grid stands on an autoencoder"
SCALED_BY = 128  # images, of an imported one that comes without a factor: a batch of EncDiff's published training


def autoencoder(params: Params, shared: Shared) -> None:
    """Make the autoencoder of a data set; runs/<dataset>/autoencoder/vq is what diffusers reads."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.files import read_json, replacing_folder, write_json
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.training.training import BY_STEPS, COUNTS, ended

    data, settings = Prepared(shared.data), params.autoencoder
    seed: dict[str, Any] = {} if isinstance(settings, Imported) else {"seed": settings.seed}
    with (
        written(STAGE, shared, params, **seed, data_sha256=data.checksum) as result,
        replacing_folder(shared.autoencoder) as folder,
    ):
        write_json(folder / "ready.json", {"stage": "autoencoder"})
        if not read_json(shared.needs_autoencoder)["autoencoder"]:
            result.add(missing([*BY_STEPS, *COUNTS], UNUSED))
        elif isinstance(settings, Imported):
            save(folder, *imported(result, settings, params, shared, data))
        else:
            save(folder, *trained(result, settings, params, shared, data))
    ended(partial(shared))


def partial(shared: Shared) -> "Path":
    """Where the checkpoints of an unfinished training lie."""
    return PARTIAL / shared.dataset / "autoencoder"


def trained(
    result: "Result", settings: PretrainedOnce, params: Params, shared: Shared, data: "Prepared"
) -> tuple["Autoencoder", dict[str, Any]]:
    """The autoencoder trained by its section, its latents scaled by the first training batch, and its card."""
    import torch

    from diffrep.methods.shared.networks.autoencoder import Autoencoder
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.training.training import count, training

    torch.manual_seed(settings.seed)
    network = Autoencoder(data.image_shape, **arguments(Autoencoder, "autoencoder", {"network": settings.network}))
    found = training(
        network,
        (data.images,),
        data,
        settings.training,
        params.machine,
        steps=params.budgets[shared.dataset].autoencoder,
        seed=settings.seed,
        partial=partial(shared),
        identity={"network": settings.network, "code": code_on_record(STAGE, shared)},
        title=f"autoencoder {shared.dataset}",
    )
    network.cpu().load_state_dict(found.kept(settings.training))
    scale(network, data, settings.training.batch_size, settings.seed)
    result.update(count(network), **found.summary(settings.training.batch_size))
    result.earlier = found.earlier
    return network, card(network, settings.network, data)


def imported(
    result: "Result", settings: Imported, params: Params, shared: Shared, data: "Prepared"
) -> tuple["Autoencoder", dict[str, Any]]:
    """The autoencoder that `autoencoder.from` names, and its card; UserError where it is not what `code` has seen.

    Its latents have the factor that it came with, or else one of training images, as those of a trained one.
    """
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.trained.imported_autoencoder import NEED, card_of, expect_recorded, folder_of, load
    from diffrep.pipelines.trained.pretrained import checksum
    from diffrep.pipelines.training.training import BY_STEPS, count

    expect_recorded(params, shared)
    theirs, network = card_of(settings.source), load(settings.source, data.image_shape).requires_grad_(False)
    if "scale" not in theirs:
        scale(network, data, min(SCALED_BY, len(data.splits["train"])), seed=0)
    result.update(count(network))
    result.add(missing(BY_STEPS, f"not applicable: imported from {settings.source}, which others trained"))
    own = {"from": settings.source, "source_sha256": checksum(NEED, folder_of(settings.source))}
    return network, {**card(network, theirs["network"], data), **own}


def scale(network: "Autoencoder", data: "Prepared", batch_size: int, seed: int) -> None:
    """Make the latents of the first batch of training images have a standard deviation of 1."""
    from diffrep.datasets.pixels import normalised
    from diffrep.pipelines.training.batches import Batches

    first = Batches((data.images,), data.splits["train"], batch_size, seed)[0]
    network.set_scale(normalised(first[0]))


def card(network: "Autoencoder", described: dict[str, Any], data: "Prepared") -> dict[str, Any]:
    """What a reader of the saved model has to know, however it was made."""
    known = {"image_shape": data.image_shape, "network": described, "scale": network.scale.item()}
    return {**known, "data_sha256": data.checksum}


def save(folder: "Path", network: "Autoencoder", card: dict[str, Any]) -> None:
    """Write what diffusers reads, and the card that vouches for it."""
    from diffrep.pipelines.core.cards import write_card

    network.vq.save_pretrained(folder / "vq")
    write_card(folder / "card.json", card, of=folder)


STAGE = Stage(
    autoencoder,
    Shared,
    params=("autoencoder", "budgets.{dataset}.autoencoder", *TRAINING_MACHINE),
    reads=lambda shared: (shared.data, shared.needs_autoencoder),
    writes=lambda shared: (shared.autoencoder,),
    results=lambda shared: (shared.results("autoencoder"),),
    on_device=True,
)
