"""Train the oracle that judges edits on real images and put its accuracy on record."""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import PARTIAL, Shared
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

NO_LABELS = "not applicable: this data set has neither factors nor attributes"


def oracle(params: Params, shared: Shared) -> None:
    """Train on the train split, measure the accuracy on the test split."""
    import torch

    from diffrep.datasets.pixels import image_tensor
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.edits.oracle import OracleNetwork, labels
    from diffrep.pipelines.trained.cells import torch_device
    from diffrep.pipelines.training.training import BY_STEPS, COUNTS, count, ended, training

    settings, data, partial = params.oracle, Prepared(shared.data), PARTIAL / shared.dataset / "oracle"
    with written(STAGE, shared, params, seed=settings.seed, data_sha256=data.checksum) as result:
        names, sizes, values = labels(data)
        torch.manual_seed(settings.seed)
        network = OracleNetwork(data.image_shape, sizes, settings.channels)
        if not names:
            save(shared.oracle, network.state_dict(), {"accuracy": {}, "channels": settings.channels})
            result.add(missing([*BY_STEPS, *COUNTS, "accuracy"], NO_LABELS))
            return
        trained = training(
            network,
            (data.images, values),
            data,
            settings.training,
            params.machine,
            steps=params.budgets[shared.dataset].oracle,
            seed=settings.seed,
            partial=partial,
            identity={"channels": list(settings.channels), "names": names, "code": code_on_record(STAGE, shared)},
            title=f"oracle {shared.dataset}",
        )
        network.load_state_dict(trained.kept(settings.training))
        network = network.to(torch_device(params)).eval()
        test = data.splits["test"]
        accuracy = (network.read(image_tensor(data.images[test])) == values[test]).mean(0)
        judged = dict(zip(names, accuracy.tolist(), strict=True))
        save(shared.oracle, trained.kept(settings.training), {"accuracy": judged, "channels": settings.channels})
        result.update(count(network), **trained.summary(settings.training.batch_size), accuracy=float(accuracy.mean()))
        result.update({f"accuracy_{name}": value for name, value in judged.items()})
        result.earlier = trained.earlier
    ended(partial)


def save(place: "Path", weights: dict[str, "Tensor"], card: dict[str, Any]) -> None:
    """Put the network and what is known of it in place, all at once."""
    from safetensors.torch import save_file

    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.files import replacing_folder

    with replacing_folder(place) as folder:
        save_file(weights, folder / "weights.safetensors")
        write_card(folder / "card.json", card, of=folder)


STAGE = Stage(
    oracle,
    Shared,
    params=("oracle", "budgets.{dataset}.oracle", *TRAINING_MACHINE),
    reads=lambda shared: (shared.data,),
    writes=lambda shared: (shared.oracle,),
    results=lambda shared: (shared.results("oracle"),),
    on_device=True,
)
