"""What a stage of dvc.yaml is: said once, in its own file; help, dvc.yaml, expected times and hashes are made of it."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.paths import CODE, RESULT, Place, code

# what of the machine can change numbers: workers, who only read ahead, cannot
EVALUATION_MACHINE = ("machine.device", "machine.threads", "machine.tf32")
TRAINING_MACHINE = (
    *EVALUATION_MACHINE,
    *("machine.devices", "machine.nodes", "machine.precision", "machine.compile", "machine.channels_last"),
    "machine.cudnn_benchmark",
)


def nothing(place: Any) -> tuple[Path, ...]:
    """No files."""
    return ()


@dataclass(frozen=True)
class Stage:
    """One stage.

    run       what it does: run(params, place)
    place     the class of its places, whose fields are its axes
    params    dotted keys of params.yaml that its numbers depend on; {dataset} and {method} are the place's
    reads     place -> files and folders that it reads, its code apart
    writes    place -> what it makes, kept in DVC's cache and out of git
    cached    whether DVC's cache keeps a second copy of what it writes
    results   place -> folders of small files, kept in git: result.json, cost.json, ...
    on_device whether it works on machine.device
    check     says, before anything is done, what is wrong with what a data set is made of, and whether nothing is:
              check(params, data set or None for all of the grid); offered as --check
    """

    run: Callable[..., None]
    place: type[Any]
    params: tuple[str, ...] = ()
    reads: Callable[[Any], tuple[Path, ...]] = nothing
    writes: Callable[[Any], tuple[Path, ...]] = nothing
    results: Callable[[Any], tuple[Path, ...]] = nothing
    on_device: bool = False
    cached: bool = True
    check: Callable[..., bool] | None = None

    @property
    def name(self) -> str:
        """As in dvc.yaml and on the command line."""
        return self.run.__name__

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of its matrix: of dataset, method and seed those that it has."""
        return tuple(field.name for field in dataclasses.fields(self.place))

    def keys(self, place: Place) -> list[str]:
        """The keys of params.yaml at a place."""
        return [key.format(**dataclasses.asdict(place)) for key in self.params]

    def deps(self, place: Place) -> list[Path]:
        """All files that DVC watches at a place: what it reads, and the hashes of its code, unless it takes them."""
        takes_hashes = CODE in self.writes(place)
        return [*self.reads(place), *([] if takes_hashes else [code(self.name)])]

    def addressing(self, place: Place) -> str:
        """What DVC calls it at a place: probe@squares-pdae-0."""
        values = [str(getattr(place, axis)) for axis in self.axes]
        return f"{self.name}@{'-'.join(values)}" if values else self.name

    def result_files(self, place: Place) -> list[Path]:
        """The result files at a place that are there; those of several rows lie in folders of their own."""
        return sorted(file for folder in self.results(place) for file in folder.rglob(RESULT))
