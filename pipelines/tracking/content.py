"""What one MLflow run should hold."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from diffrep.pipelines.tracking.store import RunKey

LAYOUT = b"3"  # of the runs that this code makes: another one writes all of them anew

CurvePoints = list[tuple[int, float]]


@dataclass(frozen=True)
class RunContent:
    """What one MLflow run should hold.

    files     name in the run -> file below the root that is copied there
    pictures  name in the run -> PNG that is drawn there with the names of its rows and columns
    model     the encoder's file (encoder.py) as text; empty where there are no weights
    metrics   final numbers; curves: name -> its (step, value) points
    data      name and sha256 of the data set; None where the run has none
    began     with `ended`: when the work began and ended, in seconds since 1970
    """

    key: RunKey
    began: float
    ended: float
    files: dict[str, Path]
    pictures: dict[str, Path] = field(default_factory=dict)
    model: str = ""
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, CurvePoints] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    data: tuple[str, str] | None = None

    @cached_property
    def digest(self) -> str:
        """One hash of the contents of all files."""
        paths = [*self.files.values(), *self.pictures.values()]
        parts = [LAYOUT, self.model.encode(), *(path.read_bytes() for path in paths)]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
