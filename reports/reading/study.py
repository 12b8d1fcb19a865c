"""What was run, as the report has to know it: handed in by the caller, who knows the stages and their settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANCHORS = ("factors", "rotation", "noise", "pca20", "mean_image", "real", "unedited")  # in the order of their rows


@dataclass(frozen=True)
class ResultFolder:
    """Where the results of one row, stage and seed lie once they are there.

    kind      method, anchor or shared
    row       the method, the anchor or, of what a data set shares, the stage again
    seed      None where no training seed has a part in it
    folder    relative to the top of the repository
    settings  what its numbers were made with, in words: two results of a data set and stage with the same words must
              have been made with the same values, or they cannot share a column
    """

    kind: str
    dataset: str
    row: str
    seed: int | None
    stage: str
    folder: Path
    settings: str


@dataclass(frozen=True)
class Study:
    """The grid, where its results lie, and the settings that pages print.

    folders          in the order of the stages; what is not there yet is a stage not run yet
    reference        the method that the others are compared with, chosen beforehand: the best row is no reference,
                     since chance helped to choose it
    controls         rows that are set apart from the methods under test
    shared_settings  alike for all methods, as in params.yaml
    method_settings  method -> its own section
    dataset_settings data set -> its own section
    """

    datasets: tuple[str, ...]
    methods: tuple[str, ...]
    seeds: tuple[int, ...]
    folders: tuple[ResultFolder, ...]
    reference: str
    controls: tuple[str, ...]
    shared_settings: Mapping[str, Any]
    method_settings: Mapping[str, Mapping[str, Any]]
    dataset_settings: Mapping[str, Mapping[str, Any]]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that have results of methods, in their order."""
        return tuple(dict.fromkeys(place.stage for place in self.folders if place.kind == "method"))

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors in the order of their rows, those that ANCHORS does not name last."""
        names = {place.row for place in self.folders if place.kind == "anchor"}
        return tuple(name for name in ANCHORS if name in names) + tuple(sorted(names - set(ANCHORS)))
