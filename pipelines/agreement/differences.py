"""Where two trees of results differ, and whether by more than the seeds of one of them do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from diffrep.pipelines.agreement.tree import ResultTree, Value
from diffrep.pipelines.core.provenance import MADE_BY

Verdict = Literal["within", "beyond", "unknown", "not a number"]


@dataclass(frozen=True)
class Mismatch:
    """A value that is not the same in both trees; None stands for null, or for a value that is not there.

    spread  of a number over the seeds of the first tree: its standard deviation, None below two seeds
    """

    file: Path
    name: str
    first: Value
    second: Value
    spread: float | None = None

    @property
    def change(self) -> float | None:
        """The second number less the first; None where one of them is no number."""
        if isinstance(self.first, float) and isinstance(self.second, float):
            return self.second - self.first
        return None

    @property
    def verdict(self) -> Verdict:
        """Whether the second number is within one standard deviation of the first: |second - first| <= spread."""
        if self.change is None:
            return "not a number"
        if self.spread is None:
            return "unknown"
        return "within" if abs(self.change) <= self.spread else "beyond"


@dataclass(frozen=True)
class Agreement:
    """What two trees of results have in common, and what not.

    compared     how many values of files that both have
    only         files of the first tree alone, and of the second alone
    differences  in the files that both have
    made_by      {what of versions and machine: its values in the first tree, in the second}, where they differ
    """

    compared: int
    only: tuple[list[Path], list[Path]]
    differences: list[Mismatch]
    made_by: dict[str, tuple[str, str]]

    @property
    def complete(self) -> bool:
        """Whether every value is the same, and no file stands in one tree alone."""
        return not self.differences and not any(self.only)

    def count(self, verdict: Verdict) -> int:
        """How many differences are of a kind."""
        return sum(difference.verdict == verdict for difference in self.differences)


def agreement(first: ResultTree, second: ResultTree) -> Agreement:
    """Every value of the first tree against the second's."""
    both = [file for file in first.values if file in second.values]
    compared = [(file, name) for file in both for name in {**first.values[file], **second.values[file]}]
    return Agreement(
        compared=len(compared),
        only=(
            [file for file in first.values if file not in second.values],
            [file for file in second.values if file not in first.values],
        ),
        differences=[found for file, name in compared if (found := difference(first, second, file, name))],
        made_by={
            key: ("/".join(sorted(first.made_by[key])), "/".join(sorted(second.made_by[key])))
            for key in MADE_BY
            if first.made_by[key] != second.made_by[key]
        },
    )


def difference(first: ResultTree, second: ResultTree, file: Path, name: str) -> Mismatch | None:
    """Between the values of one name in one file; None where they are the same."""
    ours, theirs = first.values[file].get(name), second.values[file].get(name)
    return None if ours == theirs else Mismatch(file, name, ours, theirs, first.spread(file, name))
