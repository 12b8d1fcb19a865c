"""Stage counterfactual: edits of test images by their codes, judged by the oracle and, where it is known, the truth."""

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.measured import missing
from diffrep.pipelines.core.files import replacing_folder, write_arrays
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import written
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.edits.oracle import load_oracle, trusted
from diffrep.pipelines.edits.protocol import evaluate, planned, score_names
from diffrep.pipelines.edits.realism import REFERENCE, read_references
from diffrep.pipelines.edits.session import chosen_parts, open_session
from diffrep.pipelines.edits.truth import renderer
from diffrep.pipelines.trained.cells import load, torch_device
from diffrep.pipelines.trained.codes import read_codes
from diffrep.pipelines.trained.decoder import Decoder

NAME = "counterfactual"


def counterfactual(params: Params, cell: Cell) -> None:
    """Judge the edits of one trained method: numbers, the arrays behind them, and pictures."""
    data, settings, seed = Prepared(cell.shared.data), params.evaluate.counterfactual, params.evaluate.seed
    network = load(params, cell, data.image_shape)
    oracle = trusted(*load_oracle(cell.shared, data, torch_device(params)), settings.oracle_accuracy, data)
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        with replacing_folder(cell.pictures(NAME)) as folder:
            if "decode" in network.cannot:
                measured = missing(score_names(settings), f"not applicable: {network.cannot['decode']}")
            else:
                scene, codes = renderer(params, cell.dataset), read_codes(cell)
                parts = chosen_parts(network, codes["valid"], data, settings, seed)
                total = planned(settings, len(parts), "invert" not in network.cannot, scene is not None)
                with meter(f"{NAME} {cell.name}", total) as shown:
                    decoder = Decoder(network, params.evaluate.batch_size, shown)
                    session = open_session(network, data, codes, parts, settings, seed, decoder)
                    reference = read_references(cell.shared.references, REFERENCE)
                    measured = evaluate(session, oracle, scene, reference, folder)
                result.notes["oracle_fails"] = oracle.fails_on(measured.arrays["agreement"])
                result.notes["left_out"] = oracle.left_out
        result.add(measured)
        write_arrays(cell.arrays(NAME), measured.arrays)


STAGE = Stage(
    counterfactual,
    Cell,
    params=(
        "evaluate.preset",
        "evaluate.seed",
        "evaluate.batch_size",
        "evaluate.counterfactual",
        "datasets.{dataset}",
        "machine.device",
        "machine.threads",
    ),
    reads=lambda cell: (
        cell.shared.data,
        cell.shared.code,
        cell.shared.base,
        cell.shared.autoencoder,
        cell.shared.oracle,
        cell.shared.references,
        cell.code,
        cell.weights,
        cell.codes,
    ),
    writes=lambda cell: (cell.arrays(NAME), cell.pictures(NAME)),
    results=lambda cell: (cell.results(NAME),),
    on_device=True,
)
