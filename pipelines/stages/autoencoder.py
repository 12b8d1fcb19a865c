"""Train the autoencoder of methods in a latent space; without such a method in the grid, put that on record.

The first such method of a grid must not make the cells of all others run again: for the order, cells depend on
ready.json alone, which never changes, and for the content on the settings that runs/code/needs names to those that
stand on them.
"""

from typing import TYPE_CHECKING

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import PARTIAL, Shared
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from diffrep.pipelines.core.results import Result

UNUSED = "not applicable: no method of the grid stands on an autoencoder"


def autoencoder(params: Params, shared: Shared) -> None:
    """Train the autoencoder of a data set; runs/<dataset>/autoencoder/vq is what diffusers reads."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.files import read_json, replacing_folder, write_json
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.training.training import BY_STEPS, COUNTS, ended

    data, partial = Prepared(shared.data), PARTIAL / shared.dataset / "autoencoder"
    with (
        written(STAGE, shared, params, seed=params.autoencoder.seed, data_sha256=data.checksum) as result,
        replacing_folder(shared.autoencoder) as folder,
    ):
        write_json(folder / "ready.json", {"stage": "autoencoder"})
        if read_json(shared.needs_autoencoder)["autoencoder"]:
            train_into(folder, result, params, shared, partial)
        else:
            result.add(missing([*BY_STEPS, *COUNTS], UNUSED))
    ended(partial)


def train_into(folder: "Path", result: "Result", params: Params, shared: Shared, partial: "Path") -> None:
    """Write the trained autoencoder, its latents scaled by the first training batch, and what it cost."""
    import torch

    from diffrep.datasets.pixels import normalised
    from diffrep.datasets.prepared import Prepared
    from diffrep.methods.shared.networks.autoencoder import Autoencoder
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.training.batches import Batches
    from diffrep.pipelines.training.training import count, training

    settings, data = params.autoencoder, Prepared(shared.data)
    torch.manual_seed(settings.seed)
    network = Autoencoder(data.image_shape, **arguments(Autoencoder, "autoencoder", {"network": settings.network}))
    trained = training(
        network,
        (data.images,),
        data,
        settings.training,
        params.machine,
        steps=params.budgets[shared.dataset].autoencoder,
        seed=settings.seed,
        partial=partial,
        identity={"network": settings.network, "code": code_on_record(STAGE, shared)},
        title=f"autoencoder {shared.dataset}",
    )
    network.cpu().load_state_dict(trained.kept(settings.training))
    first = Batches((data.images,), data.splits["train"], settings.training.batch_size, settings.seed)[0]
    network.set_scale(normalised(first[0]))
    network.vq.save_pretrained(folder / "vq")
    card = {"image_shape": data.image_shape, "network": settings.network, "scale": network.scale.item()}
    write_card(folder / "card.json", {**card, "data_sha256": data.checksum}, of=folder)
    result.update(count(network), **trained.summary(settings.training.batch_size))
    result.earlier = trained.earlier


STAGE = Stage(
    autoencoder,
    Shared,
    params=("autoencoder", "budgets.{dataset}.autoencoder", *TRAINING_MACHINE),
    reads=lambda shared: (shared.data, shared.needs_autoencoder),
    writes=lambda shared: (shared.autoencoder,),
    results=lambda shared: (shared.results("autoencoder"),),
    on_device=True,
)
