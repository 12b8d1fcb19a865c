"""The picture grids that the stages left beside their results, with the names of their rows and columns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.image import imread

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import CONTACT, Cell, Shared
from diffrep.reports.drawing.style import size_of

MAIN = "main"
PICTURE_KINDS = {  # the pictures of each stage: <kind>.png
    "reconstruct": (MAIN,),
    "counterfactual": (MAIN, "exact", "direction", "interpolation", "blocks", "ranges"),
}
GAP = 2  # white pixels that the stages leave between pictures
PREPARE = "prepare"  # the stage that leaves a contact sheet
HEAD, TAIL = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


@dataclass(frozen=True)
class Picture:
    """A PNG of square pictures, GAP pixels apart and without margins.

    seed     of the training that drew it; None where none did
    rows     names from top to bottom
    kind     which of the stage's pictures
    columns  names from left to right, or none
    caption  a sentence, or nothing
    """

    stage: str
    seed: int | None
    path: Path
    rows: tuple[str, ...]
    kind: str = MAIN
    columns: tuple[str, ...] = ()
    caption: str = ""

    @property
    def png(self) -> bytes:
        """The file itself."""
        return self.path.read_bytes()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return size_of(self.png)

    @property
    def tile(self) -> int:
        """Width and height of one picture in pixels, without its gap."""
        return (self.size[1] + GAP) // len(self.rows) - GAP

    @property
    def across(self) -> int:
        """How many pictures stand in a row."""
        return (self.size[0] + GAP) // (self.tile + GAP)

    def pixels(self, rows: list[int], columns: list[int]) -> np.ndarray:
        """These rows, one below the other, and of each these columns, side by side: [h, w, 3] in [0, 1].

        Every picture has its gap on its right and below.
        """
        whole = np.asarray(imread(self.path), dtype=np.float32)
        rgb = np.repeat(whole[..., None], 3, axis=-1) if whole.ndim == 2 else whole[..., :3]
        rgb = np.pad(rgb, ((0, GAP), (0, GAP), (0, 0)), constant_values=1)
        tile = len(rgb) // len(self.rows)
        cut = rgb.reshape(len(self.rows), tile, -1, tile, 3)[rows][:, :, columns]
        return cut.reshape(len(rows) * tile, len(columns) * tile, 3)


def pictures_of(root: Path, copies: Path, dataset: str, method: str, seeds: tuple[int, ...]) -> list[Picture]:
    """For each stage that draws and each kind of its pictures, that of the first seed that has one.

    root    the top of the repository, below which the stages drew
    copies  where the report keeps what it showed: a clone has these alone

    ValueError, one line: the file is no PNG, or the names beside it are missing, unreadable or too many or few.
    """
    found: dict[tuple[str, str], Picture] = {}
    drawn = [(stage, kind, seed) for stage, kinds in PICTURE_KINDS.items() for kind in kinds for seed in seeds]
    for stage, kind, seed in drawn:  # a copy of an earlier seed's before a later one's: more seeds change no picture
        for folder in (root, copies):
            path = folder / Cell(dataset, method, seed).pictures(stage) / f"{kind}.png"
            if (stage, kind) not in found and path.exists():
                found[stage, kind] = opened(stage, kind, seed, path)
    return list(found.values())


def sheet_of(root: Path, copies: Path, dataset: str) -> Picture | None:
    """The contact sheet of a data set, where the stage `prepare` has left one or a copy is kept."""
    paths = (folder / Shared(dataset).pictures(PREPARE) / CONTACT for folder in (root, copies))
    return next((opened(PREPARE, path.stem, None, path) for path in paths if path.exists()), None)


def copies_of(folder: Path, picture: Picture) -> dict[str, bytes]:
    """A picture and the names beside it, as the report keeps them: path below its folder of copies -> content.

    folder  the picture's own, from the top of the repository
    """
    return {str(folder / path.name): path.read_bytes() for path in (picture.path, names_file(picture.path))}


def names_file(path: Path) -> Path:
    """The names of a picture's rows and columns, which stand beside it."""
    return path.with_name(f"{path.stem}.rows.json")


def opened(stage: str, kind: str, seed: int | None, path: Path) -> Picture:
    """The picture at a path; ValueError, one line, for a file or names beside it that are not as they were written."""
    content = path.read_bytes()
    if not (content.startswith(HEAD) and content.endswith(TAIL)):
        raise ValueError(f"{path} is no PNG or was cut short: delete it and run {stage} again")
    names = names_file(path)
    if not names.exists():
        raise ValueError(f"{names} is missing, so the rows of {path.name} have no names: run {stage} again")
    named = read_json(names)
    rows, columns = named.get("rows"), named.get("columns") or []
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{names} has no list 'rows': run {stage} again")
    words = tuple(map(str, rows)), kind, tuple(map(str, columns)), str(named.get("caption") or "")
    picture = Picture(stage, seed, path, *words)
    if columns and len(columns) != picture.across:
        raise ValueError(f"{names} names {len(columns)} columns of {picture.across}: run {stage} again")
    return picture
