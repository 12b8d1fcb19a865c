"""A project folder with made-up results of one data set, and the study that they belong to."""

import itertools
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imsave

from diffrep.pipelines.core.cards import said, write_card
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import CONTACT, Cell, Repeat, Shared, cost_file, result_file, view_file
from diffrep.reports.pages import dataset as gathering
from diffrep.reports.pages.build import build, contents
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.reading.load import ResultFile, load
from diffrep.reports.reading.study import ResultFolder, Study
from diffrep.reports.rows.finished import finished_rows
from diffrep.reports.rows.scores import TableRow
from diffrep.reports.rows.tidy import tidy

NO_DECODER = "not applicable: beta decodes nothing"
SHARED = ("prepare", "base", "autoencoder", "oracle")
STAGES = ("train", "encode", "probe", "disentangle", "reconstruct", "partway", "counterfactual")
SEEDLESS = {"pca20": ("probe",), "unedited": ("counterfactual",)}
METHODS = {"alpha": {"code_dim": 4}, "beta": {"code_dim": 4, "adapter": "alpha"}}
EVALUATE = {
    "disentangle": {"rounds": 100, "votes_train": 10000, "votes_test": 5000},
    "probe": {"steps": 5000},
    "reconstruct": {"decode_steps": 100, "invert_steps": 1000},
}


class ResultsTree:
    """A folder with results; `put`, `share` and `anchor` add or change one result file, `draw` a picture.

    The lists datasets, methods, seeds and controls, the reference, and the sections of methods and data may be changed;
    the study follows them.
    """

    def __init__(self, root: Path):
        self.root = root
        self.datasets, self.methods, self.seeds = ["squares"], ["alpha", "beta"], [0, 1, 2]
        self.reference = "alpha"
        self.controls: list[str] = []
        self.sections, self.data = dict(METHODS), dict[str, dict[str, Any]]()
        for seed in (0, 1, 2):
            self.put("alpha", "train", seed, steps=40, parameters=1000, parameters_trained=600, valid_loss=0.5)
            self.put("alpha", "probe", seed, average_precision=(0.5, 0.6, 0.7)[seed], average_precision_colour=0.9)
            self.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=0.05)
            self.put("beta", "probe", seed, average_precision=0.25, average_precision_colour=0.5)
            self.put("beta", "reconstruct", seed, mse_random_start=None, reasons={"mse_random_start": NO_DECODER})
        self.anchor("noise", "probe", 0, average_precision=0.125, average_precision_colour=0.1)

    @property
    def study(self) -> Study:
        """What there is to report."""
        folders = tuple(folder for dataset in self.datasets for folder in self.folders(dataset))
        settings = {"train": {"steps": 40}, "evaluate": EVALUATE}
        axes = tuple(self.datasets), tuple(self.methods), tuple(self.seeds)
        return Study(*axes, folders, self.reference, tuple(self.controls), settings, self.sections, self.data)

    def folders(self, dataset: str) -> Iterator[ResultFolder]:
        shared = Shared(dataset)
        for stage in (*SHARED, "attribute_loss"):
            yield ResultFolder("shared", dataset, stage, None, stage, shared.results(stage), stage)
        for seed in self.seeds:
            folder = Repeat(dataset, seed).results("base")
            yield ResultFolder("shared", dataset, "base", seed, "base", folder, "base of a seed")
        for stage, method, seed in itertools.product(STAGES, self.methods, self.seeds):
            settings, folder = f"train {method}" if stage == "train" else stage, self.cell(method, seed, stage, dataset)
            yield ResultFolder("method", dataset, method, seed, stage, folder, settings)
        for name, stage in ((name, stage) for name, stages in SEEDLESS.items() for stage in stages):
            yield ResultFolder("anchor", dataset, name, None, stage, shared.anchor(name, stage), "anchors")
        for seed in self.seeds:
            folder = Repeat(dataset, seed).anchor("noise", "probe")
            yield ResultFolder("anchor", dataset, "noise", seed, "probe", folder, "anchors")

    def cell(self, method: str, seed: int, stage: str, dataset: str = "squares") -> Path:
        return Cell(dataset, method, seed).results(stage)

    def folder(self, method: str, stage: str, seed: int) -> Path:
        """Where the results of a method lie; it is there afterwards."""
        folder = self.root / self.cell(method, seed, stage)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def path(self, method: str, stage: str, seed: int) -> Path:
        return result_file(self.root / self.cell(method, seed, stage))

    def put(self, method: str, stage: str, seed: int, view: str = "", dataset: str = "squares", **record: Any) -> Path:
        folder = self.root / self.cell(method, seed, stage, dataset)
        identity = {"stage": stage, "dataset": dataset, "method": method, "seed": seed}
        return self.write(view_file(folder, view) if view else result_file(folder), identity | record)

    def share(self, stage: str, **record: Any) -> Path:
        identity = {"stage": stage, "dataset": "squares"}
        return self.write(result_file(self.root / Shared("squares").results(stage)), identity | record)

    def base(self, seed: int, **record: Any) -> Path:
        """The base model of a seed."""
        identity = {"stage": "base", "dataset": "squares", "seed": seed}
        return self.write(result_file(self.root / Repeat("squares", seed).results("base")), identity | record)

    def anchor(self, name: str, stage: str, seed: int | None = None, **record: Any) -> Path:
        place = Shared("squares") if seed is None else Repeat("squares", seed)
        identity = {"stage": stage, "dataset": "squares", "method": name} | ({} if seed is None else {"seed": seed})
        return self.write(result_file(self.root / place.anchor(name, stage)), identity | record)

    def write(self, path: Path, record: dict[str, Any]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        seconds = record.pop("wall_seconds", 30.0)
        known = {"preset": "quick", "data_sha256": "ab12", "params_hash": "cd34", "n_test": 8}
        old = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | old | record))
        spent = {"wall_seconds": seconds, "cpu_seconds": 30.0, "device_seconds": 0.0}
        cost = spent | {"peak_memory_mib": 100, "suite_commit": "c0ffee"}
        write_card(cost_file(path.parent), cost, of=path.parent)
        return path

    def seal(self) -> None:
        """Have every cost vouch for what stands beside it now."""
        for cost in self.root.rglob("cost.json"):
            write_card(cost, said(read_json(cost)), of=cost.parent)

    def contact(self, names: list[str], **named: Any) -> Path:
        """A contact sheet of `prepare`, as `draw` makes pictures."""
        return self.paint(self.root / Shared("squares").pictures("prepare") / CONTACT, names, 0, **named)

    def draw(self, method: str, stage: str, seed: int, names: list[str], kind: str = "main", **named: Any) -> Path:
        """A picture grid, of 4 x 4 pixels each with 2 white ones between them, with its rows' names beside it.

        named  what else stands beside the names of the rows; `across`: how many columns
        """
        path = self.root / Cell("squares", method, seed).pictures(stage) / f"{kind}.png"
        return self.paint(path, names, seed, **named)

    def paint(self, path: Path, names: list[str], seed: int, *, across: int = 3, **named: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        tiles = np.random.default_rng([seed, *path.stem.encode()]).random((len(names), across, 4, 4, 3))
        spaced = np.pad(tiles, ((0, 0), (0, 0), (0, 2), (0, 2), (0, 0)), constant_values=1)
        imsave(path, np.concatenate([np.concatenate(row, axis=1) for row in spaced])[:-2, :-2])
        path.with_name(f"{path.stem}.rows.json").write_text(json.dumps({"rows": names} | named))
        return path

    @property
    def results(self) -> list[ResultFile]:
        return load(self.root, self.study.folders)

    @property
    def rows(self) -> list[TableRow]:
        """The rows of the data set, with their warnings."""
        results = self.results
        return finished_rows(results, tidy(results), "squares", self.study)

    def build(self) -> Path:
        """The folder of the report."""
        build(self.root, self.root / "reports", self.study)
        return self.root / "reports"

    def gathered(self, *differences: Any) -> list[DatasetResults]:
        """What the report gathers, with differences as given in the place of those that would be found."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gathering, "compare", lambda name, *_: [d for d in differences if d.dataset == name])
            return gathering.gathered(self.root, self.root / "reports", self.study)

    def files(self, *differences: Any) -> dict[str, str]:
        """The report's texts by name as `texts` has them, with differences as given."""
        return self.rendered(self.gathered(*differences))

    def texts(self) -> dict[str, str]:
        """The report's texts by name as `build` writes them, but that figures have their sizes and no pixels."""
        return self.rendered(gathering.gathered(self.root, self.root / "reports", self.study))

    def rendered(self, gathered: list[DatasetResults]) -> dict[str, str]:
        """The texts of what was gathered."""
        with unrendered():
            found = contents(self.root, gathered, self.study)
        return {name: text for name, text in found.items() if isinstance(text, str)}


@contextmanager
def unrendered() -> Iterator[list[Figure]]:
    """The figures that are drawn inside the block; of each the head of a PNG is saved, which says its size.

    To lay them out and render them takes as long as all else of a report, for whoever reads words in vain.
    """
    figures: list[Figure] = []

    def save(figure: Figure, file: IO[bytes], *, dpi: int, **_: Any) -> None:
        figures.append(figure)
        width, height = (int(inches * dpi) for inches in figure.get_size_inches())
        file.write(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "savefig", save)
        yield figures
