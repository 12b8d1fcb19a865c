"""A small tree of result files as MLflow is filled from them."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.paths import Cell, Repeat, Shared, cost_file, curves, result_file
from diffrep.pipelines.core.pictures import save_rows
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import ResultFolder, Study

DATASET = "squares"
CURVES = {50: 0.5, 100: 0.25, 150: 0.125}
SETTINGS = {
    "train": {"train": {"batch_size": 32}, "methods.pdae": {"code_dim": 4}, "budgets.squares.method": 300},
    "base": {"base": {"network": {"channels": [8, 16]}}},
    "probe": {"evaluate.preset": "quick"},
}
HASH = "of today"
DATA = "0123456789abcdef" * 4
CELLS = [Cell(DATASET, "pdae", 0), Cell(DATASET, "pca", 0)]
BASES = {seed: Repeat(DATASET, seed).results("base") for seed in (0, 1)}
NOISE, FACTORS = Repeat(DATASET, 0).anchor("noise", "probe"), Shared(DATASET).anchor("factors", "probe")


def study() -> Study:
    folders = [
        ResultFolder("shared", DATASET, "prepare", None, "prepare", Shared(DATASET).results("prepare"), "prepare"),
        *(ResultFolder("shared", DATASET, "base", seed, "base", BASES[seed], "base") for seed in BASES),
    ]
    for cell in CELLS:
        for stage in ("train", "probe", "reconstruct", "counterfactual"):
            folders.append(ResultFolder("method", DATASET, cell.method, 0, stage, cell.results(stage), stage))
    folders.append(ResultFolder("anchor", DATASET, "factors", None, "probe", FACTORS, "anchors"))
    folders.append(ResultFolder("anchor", DATASET, "noise", 0, "probe", NOISE, "anchors"))
    return Study((DATASET,), ("pdae", "pca"), (0,), tuple(folders), "pdae", (), {}, {}, {})


def settings(result: ResultFile) -> dict[str, Any]:
    """What today's params.yaml says of a stage, where the result was made with it."""
    today = result.kind != "anchor" and result.record.get("params_hash") == HASH
    return SETTINGS.get(result.stage, {}) if today else {}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def write_result(folder: Path, metrics: dict[str, Any], **identity: Any) -> None:
    place = next(place for place in study().folders if folder.as_posix().endswith(place.folder.as_posix()))
    whose = {"dataset": place.dataset, "stage": place.stage, "method": place.row, "seed": place.seed}
    record = {"params_hash": HASH, "preset": "quick", "reasons": {}} | whose | metrics | identity
    write(result_file(folder), record)
    seal(folder)


def seal(folder: Path) -> None:
    """Have the cost of the results in a folder vouch for what stands there now."""
    write_card(
        cost_file(folder),
        {
            "wall_seconds": 6.0,
            "cpu_seconds": 3.0,
            "device_seconds": 0.0,
            "peak_memory_mib": 100,
            "suite_commit": "c0ffee",
        },
        of=folder,
    )


def write_curves(root: Path, method: str, points: dict[int, float]) -> None:
    lines = [f"{step},{loss},,0.001" for step, loss in points.items()]
    path = curves(root / Cell(DATASET, method, 0).results("train"))
    write(path, "\n".join(["step,loss,valid_loss,learning_rate", *lines]) + "\n")
    seal(path.parent)


def draw(path: Path, caption: str) -> None:
    """Two rows of three black pictures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    black = np.zeros((3, 8, 8, 3), np.uint8)
    save_rows(path, {"source": black, "edit": black}, columns=["hue", "size", "shape"], caption=caption)


def fill(root: Path, precision: float = 0.5) -> None:
    """Two methods, trained and probed, one with curves and pictures; two anchors; a base model.

    precision  the one metric that all of them have
    """
    write(root / "params.yaml", "evaluate: {preset: quick}")
    for cell in CELLS:
        trained = {"steps": 150, "train_loss": 0.125, "valid_loss": 0.25}
        write_result(
            root / cell.results("train"), trained, settings_hash=f"all of {cell.method}", device="cpu", data_sha256=DATA
        )
        probed = {"average_precision": precision, "f1": None, "auroc": 0.75, "n_test": 40}
        write_result(root / cell.results("probe"), probed, reasons={"f1": "rare"})
    write_curves(root, "pdae", CURVES)
    for stage, kind in (("reconstruct", "main"), ("counterfactual", "exact")):
        write_result(root / CELLS[0].results(stage), {})
        draw(root / CELLS[0].pictures(stage) / f"{kind}.png", stage)
    for folder in (NOISE, FACTORS):
        write_result(root / folder, {"average_precision": 0.1})
    write_result(root / BASES[0], {"steps": 9})
    write_result(root / BASES[1], {"steps": 10}, params_hash="of yesterday")
