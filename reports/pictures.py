"""The picture grids that the stages left beside their results, with the names of their rows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.image import imread

from diffrep.reports.load import read_json

PICTURED = ("reconstruct", "counterfactual")
GAP = 4  # white pixels that the stages leave between pictures
HEAD, TAIL = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


@dataclass(frozen=True)
class Picture:
    """A PNG of square pictures, GAP pixels apart and without margins; `rows` names its rows from top to bottom."""

    stage: str
    seed: int
    path: Path
    rows: tuple[str, ...]

    @property
    def png(self) -> bytes:
        """The file itself."""
        return self.path.read_bytes()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int.from_bytes(self.png[16:20], "big"), int.from_bytes(self.png[20:24], "big")

    def pixels(self, rows: list[int], columns: int) -> np.ndarray:
        """These rows, one below the other, and the first `columns` pictures of each: [h, w, 3] in [0, 1].

        Every picture has its gap on its right and below.
        """
        whole = np.asarray(imread(self.path), dtype=np.float32)
        rgb = np.repeat(whole[..., None], 3, axis=-1) if whole.ndim == 2 else whole[..., :3]
        rgb = np.pad(rgb, ((0, GAP), (0, GAP), (0, 0)), constant_values=1)
        tile = len(rgb) // len(self.rows)
        return np.concatenate([rgb[i * tile : (i + 1) * tile, : columns * tile] for i in rows])


def pictures_of(root: Path, dataset: str, method: str, seeds: tuple[int, ...]) -> list[Picture]:
    """For each stage that draws, the picture of the first seed that has one.

    ValueError, one line: the file is no PNG, or the list of rows beside it is missing or unreadable.
    """
    found = []
    for stage in PICTURED:
        places = [(seed, root / "results" / dataset / method / "pictures" / stage / f"{seed}.png") for seed in seeds]
        found += [_open(stage, seed, path) for seed, path in places if path.exists()][:1]
    return found


def _open(stage: str, seed: int, path: Path) -> Picture:
    content = path.read_bytes()
    if not (content.startswith(HEAD) and content.endswith(TAIL)):
        raise ValueError(f"{path} is no PNG or was cut short: delete it and run {stage} again")
    names = path.with_name(f"{path.stem}.rows.json")
    if not names.exists():
        raise ValueError(f"{names} is missing, so the rows of {path.name} have no names: run {stage} again")
    rows = read_json(names).get("rows")
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{names} has no list 'rows': run {stage} again")
    return Picture(stage, seed, path, tuple(map(str, rows)))
