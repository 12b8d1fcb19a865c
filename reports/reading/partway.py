"""Scores after parts of a training, beside those of all of it: read apart, so that no table takes them for its own."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import view_file
from diffrep.reports.reading.expected import expect_result
from diffrep.reports.reading.load import ResultFile

STAGE = "partway"
MEASURES = (  # what is followed over a training
    *("valid_average_precision", "average_precision", "dci_disentanglement"),
    *("mse_random_start", "mse_inferred_start"),
)
COLUMNS = ["dataset", "row", "seed", "share", "images", "metric", "value"]


def budget_curves(results: list[ResultFile]) -> pd.DataFrame:
    """One line per cell, share and measure: dataset, row, seed, share of the training, images seen until then, value.

    results  as `load` gives them; a cell without shares has no line

    A row that is not trained by steps has the share 1 alone, and no number of images; what it lacks is nan.
    """
    lines: list[tuple[object, ...]] = []
    for scored in (result for result in results if result.stage == STAGE and result.notes["shares"]):
        parts = [part for part in shares_of(scored) if part.metrics["images_seen"] == part.metrics["images_seen"]]
        for share, metrics in [*((float(part.view), part.metrics) for part in parts), (1.0, whole(results, scored))]:
            seen = metrics.get("images_seen")
            cell = (scored.dataset, scored.row, scored.seed, share, seen)
            lines += [(*cell, name, metrics[name]) for name in MEASURES if name in metrics]
    return pd.DataFrame(lines, columns=COLUMNS).astype({"share": float, "images": float, "value": float})


def shares_of(result: ResultFile) -> Iterator[ResultFile]:
    """The results of the shares that a result of the stage names, the share as their view; checked as all others."""
    for share in result.notes["shares"]:
        path = view_file(result.path.parent, str(share))
        record = read_json(path)
        expect_result(path, record, result)
        yield replace(result, path=path, record=record, cost={}, view=str(share))


def whole(results: list[ResultFile], cell: ResultFile) -> dict[str, float]:
    """All numbers of the default codes of a cell after the whole of its training."""
    place = (cell.kind, cell.dataset, cell.row, cell.seed)
    own = [r for r in results if (r.kind, r.dataset, r.row, r.seed) == place and not r.view]
    return {name: value for result in own for name, value in result.metrics.items()}
