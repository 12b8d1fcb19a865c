"""MSE, PSNR, SSIM and LPIPS of test images decoded from their codes: from noise, and from the inferred start."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def reconstruct(params: Params, cell: Cell) -> None:
    """Judge the reconstructions of the first test images."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.files import replacing_folder, write_arrays
    from diffrep.pipelines.core.pictures import save_rows
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.combinations import errors_apart, held_out
    from diffrep.pipelines.evaluation.reconstructions import judged, shown_rows
    from diffrep.pipelines.trained.cells import load
    from diffrep.pipelines.trained.codes import codes_of_images

    data = Prepared(cell.shared.data)
    with (
        written(STAGE, cell, params, data_sha256=data.checksum) as result,
        replacing_folder(cell.pictures("reconstruct")) as folder,
    ):
        network = load(params, cell, data.image_shape)
        codes = codes_of_images(cell, data.splits)["test"]
        measured, decoded = judged(network, data, codes, params.evaluate, f"reconstruct {cell.name}")
        if decoded:
            save_rows(folder / "main.png", shown_rows(decoded))
        result.add(measured)
        result.add(errors_apart(measured, held_out(data, data.splits["test"][: params.evaluate.reconstruct.images])))
        write_arrays(cell.arrays("reconstruct"), measured.arrays)


STAGE = Stage(
    reconstruct,
    Cell,
    params=("evaluate.preset", "evaluate.seed", "evaluate.batch_size", "evaluate.reconstruct", *EVALUATION_MACHINE),
    reads=lambda cell: (cell.shared.data, cell.repeat.base, cell.weights, cell.codes, cell.code),
    writes=lambda cell: (cell.arrays("reconstruct"), cell.pictures("reconstruct")),
    results=lambda cell: (cell.results("reconstruct"),),
    on_device=True,
)
