"""Judge edits of test images by their codes: efficacy, preservation, faithfulness, errors to the truth where known."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def counterfactual(params: Params, cell: Cell) -> None:
    """Write the scores of one trained method's edits, the arrays behind them, and pictures."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.files import replacing_folder, write_arrays
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.edits.oracle import load_oracle, trusted
    from diffrep.pipelines.edits.protocol import evaluate, planned, score_names
    from diffrep.pipelines.edits.range_swaps import ranges_of, ranges_serving
    from diffrep.pipelines.edits.references import REFERENCE_SET, read_references
    from diffrep.pipelines.edits.session import chosen_parts, open_session
    from diffrep.pipelines.trained.cells import load, torch_device
    from diffrep.pipelines.trained.codes import codes_of_images
    from diffrep.pipelines.trained.decoder import Decoder
    from diffrep.pipelines.trained.pairings import pairings
    from diffrep.pipelines.trained.renderer import renderer

    data, settings, seed = Prepared(cell.shared.data), params.evaluate.counterfactual, params.evaluate.seed
    with (
        written(STAGE, cell, params, data_sha256=data.checksum) as result,
        replacing_folder(cell.pictures("counterfactual")) as folder,
    ):
        network = load(params, cell, data.image_shape)
        if "decode" in network.cannot:
            measured = missing(score_names(settings, data), f"not applicable: {network.cannot['decode']}")
        else:
            network_and_card = load_oracle(cell.shared, data, torch_device(params))
            oracle = trusted(*network_and_card, settings.oracle_accuracy, data)
            codes, scene = codes_of_images(cell, data.splits), renderer(params, cell.dataset)
            parts = chosen_parts(network, codes["valid"], data, settings, seed)
            more = {"ranges": len(ranges_of(network, codes["test"].shape[1])), "correlated": len(pairings(data))}
            total = planned(settings, len(parts), "invert" not in network.cannot, scene is not None, **more)
            with meter(f"counterfactual {cell.name}", total) as shown:
                decoder = Decoder(network, params.evaluate.batch_size, shown)
                session = open_session(network, data, codes, parts, settings, seed, decoder)
                reference = read_references(cell.shared.references, REFERENCE_SET)
                measured = evaluate(session, oracle, scene, reference, folder)
            result.notes["oracle_fails"] = oracle.fails_on(measured.arrays["agreement"])
            result.notes["left_out"] = oracle.left_out
            result.notes["ranges"] = ranges_serving(measured, oracle)
        result.add(measured)
        write_arrays(cell.arrays("counterfactual"), measured.arrays)


STAGE = Stage(
    counterfactual,
    Cell,
    params=(
        *("evaluate.preset", "evaluate.seed", "evaluate.batch_size", "evaluate.counterfactual", "datasets.{dataset}"),
        *EVALUATION_MACHINE,
    ),
    reads=lambda cell: (
        *(cell.shared.data, cell.shared.code, cell.repeat.base, cell.shared.oracle, cell.shared.references),
        *(cell.weights, cell.codes, cell.code),
    ),
    writes=lambda cell: (cell.arrays("counterfactual"), cell.pictures("counterfactual")),
    results=lambda cell: (cell.results("counterfactual"),),
    on_device=True,
)
