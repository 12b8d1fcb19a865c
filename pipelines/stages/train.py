"""Train one cell; a killed run goes on from its last checkpoint, unless settings, code or data changed.

By the shared trainer, fitted in closed form, or left untrained, as the method is. The curves stand in MLflow while it
runs: in mlflow.db, or on the server of MLFLOW_TRACKING_URI.
"""

from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import PARTIAL, Cell, curves
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.results import Result
    from diffrep.pipelines.trained.record import Record

CURVES = ("step", "loss", "valid_loss", "learning_rate")


def train(params: Params, cell: Cell) -> None:
    """Write the weights of a cell, and its curves."""
    from diffrep.datasets.pixels import image_batches
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.core.trainings import NO_STEPS
    from diffrep.pipelines.tracking.model_card import model_card
    from diffrep.pipelines.trained.cells import build, settings_hash
    from diffrep.pipelines.trained.pretrained import checksums
    from diffrep.pipelines.trained.record import record_of
    from diffrep.pipelines.training.training import BY_STEPS, count, ended

    data, key = Prepared(cell.shared.data), settings_hash(params, cell)
    with written(STAGE, cell, params, data_sha256=data.checksum, settings_hash=key) as result:
        network = build(params, cell, data.image_shape)
        result.notes["stands_on"] = checksums(network.needs, cell.repeat)
        rows: list[dict[str, Any]] = []
        if hasattr(network, "loss"):
            weights, rows = by_steps(result, network, data, params, cell)
        else:
            result.add(missing(BY_STEPS, NO_STEPS))
            if hasattr(network, "fit"):
                network.fit(image_batches(data.images, data.splits["train"]))
            weights = {"weights": network.state_dict()}
        choose_code(result, network, weights["weights"], data, params.train.batch_size)
        record = record_of(params, cell, key, network, data)
        save(cell.weights, weights, record, model_card(record, network, result))
        write_curves(curves(result.folder), rows)
        result.update(count(network))
        if hasattr(network, "note"):
            result["note"] = network.note
    ended(partial(cell))


def partial(cell: Cell) -> "Path":
    """Where the checkpoints of an unfinished training lie."""
    return PARTIAL / cell.dataset / cell.method / str(cell.seed)


def by_steps(
    result: "Result", network: Any, data: "Prepared", params: Params, cell: Cell
) -> tuple[dict[str, dict[str, "Tensor"]], list[dict[str, Any]]]:
    """The weights by the names of their files, and the curves; `result` gets their last points.

    Those that are kept, the others, averaged or raw, and those after the shares of `evaluate.partway`.
    """
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.core.params import value_at
    from diffrep.pipelines.core.trainings import steps_after, training_of
    from diffrep.pipelines.tracking.sync import live_logger
    from diffrep.pipelines.trained.cells import settings_hash
    from diffrep.pipelines.training.training import training

    asked = training_of(params, cell.dataset, cell.method)
    partway = {share: steps_after(share, asked.steps) for share in params.evaluate.partway}
    trained = training(
        network,
        (data.images,),
        data,
        asked.settings,
        params.machine,
        steps=asked.steps,
        seed=int(cell.seed),
        partial=partial(cell),
        identity={
            "method": value_at(params, f"methods.{cell.method}"),
            "code": code_on_record(STAGE, cell),
            **result.notes["stands_on"],
        },
        title=f"train {cell.name}",
        logger=live_logger(cell, settings_hash(params, cell)),
        keep_after=set(partway.values()),
    )
    result.update(trained.summary(asked.settings.batch_size))
    result.earlier = trained.earlier
    others = {"raw": trained.raw} if asked.settings.weights == "ema" else {"ema": trained.ema}
    on_the_way = {cell.weights_after(share).stem: trained.partway[step] for share, step in partway.items()}
    return {"weights": trained.kept(asked.settings), **others, **on_the_way}, trained.rows


def choose_code(
    result: "Result", network: Any, weights: dict[str, "Tensor"], data: "Prepared", batch_size: int
) -> None:
    """Have a method that leaves a choice of its code open take one, by the weights that are kept; a note of all."""
    from diffrep.pipelines.evaluation.choosing import choose

    if hasattr(network, "choices"):
        network.load_state_dict(weights)
        told = choose(network.eval(), data, batch_size)
        result.notes |= {"chosen": network.choices[network.chosen], "choices": told}


def save(folder: "Path", weights: dict[str, dict[str, "Tensor"]], record: "Record", page: str) -> None:
    """Put the weights, what opens them again, and the page that tells of them in place, all at once."""
    from safetensors.torch import save_file

    from diffrep.pipelines.core.files import replacing_folder
    from diffrep.pipelines.tracking.model_card import FILE
    from diffrep.pipelines.trained.given import savable
    from diffrep.pipelines.trained.record import write_record

    with replacing_folder(folder) as temporary:
        for name, state in weights.items():
            save_file(savable(state), temporary / f"{name}.safetensors")
        write_record(temporary, record)
        (temporary / FILE).write_text(page, encoding="utf-8")  # after the record, which then stands any edit of it


def write_curves(path: "Path", rows: list[dict[str, Any]]) -> None:
    """Write the curves as CSV: step, loss, valid_loss, learning_rate; an empty field was not measured."""
    import csv

    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, CURVES)
        writer.writeheader()
        writer.writerows(rows)


STAGE = Stage(
    train,
    Cell,
    params=(
        *("train", "methods.{method}", "budgets.{dataset}.method", "evaluate.partway"),
        *("base", "budgets.{dataset}.base", "datasets.{dataset}"),  # its weights are known by their settings too
        *TRAINING_MACHINE,
    ),
    reads=lambda cell: (
        cell.shared.data,
        cell.repeat.base,
        cell.shared.autoencoder / "ready.json",  # for the order alone: it never changes
        cell.code,
        cell.needs,
    ),
    writes=lambda cell: (cell.weights,),
    results=lambda cell: (cell.results("train"),),
    on_device=True,
)
