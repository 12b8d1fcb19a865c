"""Everything the report consists of, made in memory and then written: an error leaves the old report as it was."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diffrep.reports import (
    cost,
    differences,
    exact,
    flags,
    formats,
    maps,
    method_page,
    over_time,
    page,
    pictures,
    plots,
    scores,
)
from diffrep.reports.differences import Difference
from diffrep.reports.load import Grid, Result, grid_of, load, notes_of, tidy
from diffrep.reports.overview import overview
from diffrep.reports.views import view_rows


def build(root: Path, out: Path, params: dict[str, Any], compared: Sequence[Difference] = ()) -> None:
    """Write `out`/tables, `out`/figures, `out`/index.html and `out`/methods from the result files below `root`.

    root      holds results/ and, where the data are on this machine, data/<dataset>/card.json
    params    the parsed params.yaml; its grid decides which results are read
    compared  every method with one reference, in the metrics of the summary; without them nothing is bold

    Same results, same bytes. ValueError, one line: a result, curve or picture that cannot be read, or results that
    cannot share a table (load.load).
    """
    grid, results = grid_of(params), load(root, params)
    frame = tidy(results)
    files: dict[str, str | bytes] = {}
    pages: dict[str, list[dict[str, Any]]] = {name: [] for name in grid.methods}
    sections: list[dict[str, Any]] = []
    drawn: dict[tuple[str, str], list[pictures.Picture]] = {}
    for dataset in grid.datasets:
        rows = scores.rows_of(frame, dataset, grid, notes_of(results, dataset))
        rows = flags.flagged(rows, flags.warnings_of(results, dataset))
        found = {method: pictures.pictures_of(root, dataset, method, grid.seeds) for method in grid.methods}
        drawn |= {(dataset, row.title): found[row.name] for row in rows if _trained(row)}
        here = [result for result in results if result.dataset == dataset]
        views = view_rows(frame, dataset, grid, scores.remarks_of(rows))
        known = [difference for difference in compared if difference.dataset == dataset]
        sections.append(_dataset(root, dataset, grid, here, rows, views, files, known))
        for row in (row for row in rows if row.kind == "method"):
            pages[row.name].append(method_page.section(dataset, row, found[row.name], here, grid.seeds))
    front = overview(drawn)
    files |= _present({"figures/overview.png": front})
    files["index.html"] = page.render(sections, params, front)
    files |= {f"methods/{name}.html": method_page.render(name, parts, params) for name, parts in pages.items()}
    for name, content in files.items():
        write(out / name, content)


def _dataset(
    root: Path,
    dataset: str,
    grid: Grid,
    results: list[Result],
    rows: list[scores.Row],
    views: list[scores.Row],
    files: dict[str, str | bytes],
    compared: list[Difference],
) -> dict[str, Any]:
    """The page's section on one data set; its tables and figures are added to `files`."""
    costs = cost.costs_of(results, dataset, scores.remarks_of(rows))
    readable, comparison = differences.compared(formats.readable(rows, views), compared, len(grid.seeds))
    missing = formats.unmeasured(rows)
    if comparison:
        files[f"tables/{dataset}-differences.csv"] = differences.to_csv(compared)
    files[f"tables/{dataset}.csv"] = formats.to_csv(rows)
    if views:
        files[f"tables/{dataset}-views.csv"] = formats.to_csv(views)
    files[f"tables/{dataset}.md"] = formats.to_markdown(dataset, readable, missing)
    files[f"tables/{dataset}.tex"] = formats.to_latex(dataset, readable)
    files[f"tables/{dataset}-cost.csv"] = cost.to_csv(costs)
    lost = over_time.lost_order(results)
    drawn = _present(
        {
            "groups": plots.groups(rows),
            "exact": exact.gain_against_spill(rows, results),
            "cost": plots.cost_against_precision(rows, costs),
            "curves": plots.curves(root, dataset, grid.seeds, rows),
            "denoising": over_time.denoising(rows),
            "attribute-loss": over_time.attribute_loss(results),
            "factor-map": maps.part_maps(root, dataset, grid.seeds, rows, "disentangle", lost),
            "attribute-map": maps.part_maps(root, dataset, grid.seeds, rows, "probe", {}),
            "times": over_time.precision_over_times(rows),
        }
    )
    files |= {f"figures/{dataset}-{name}.png": png for name, png in drawn.items()}
    section = page.dataset_section(dataset, readable, costs, drawn, results)
    known = page.card_facts(page.read_card(root, dataset)), page.facts(results, grid.seeds)
    told = {"rows": rows, "unmeasured": missing, "comparison": comparison}
    return section | told | {"card": known[0], "facts": known[1]}


def _trained(row: scores.Row) -> bool:
    """Whether any optimiser step made this row; closed forms and untrained controls stay out of the overview."""
    steps = row.scores.get("steps", scores.Score()).mean
    return row.kind == "method" and steps is not None and steps > 0


def _present(drawings: dict[str, bytes | None]) -> dict[str, bytes]:
    return {name: png for name, png in drawings.items() if png is not None}


def write(path: Path, content: str | bytes) -> None:
    """Write `content` under a temporary name and rename: a reader finds the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(partial, path)
