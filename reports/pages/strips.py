"""Pictures as the macro `strip` of the templates has them."""

from typing import Any

from diffrep.reports.drawing.pictures import GAP, Picture
from diffrep.reports.pages.environment import inline

LARGE, ROOM = 130, 900  # pixels: a picture is enlarged up to this size of its tiles, and of the whole


def strip(picture: Picture, title: str) -> dict[str, Any]:
    """The picture at a size to look at: enlarged by whole numbers while it stays within the page."""
    width, height = picture.size
    scale = max(1, min(LARGE // picture.tile, ROOM // width, ROOM // height))
    return {
        "title": title if picture.seed is None else f"{title}, seed {picture.seed}",
        "rows": picture.rows,
        "columns": picture.columns,
        "caption": picture.caption,
        "source": inline(picture.png),
        "width": width * scale,
        "height": height * scale,
        "tile": picture.tile * scale,
        "gap": GAP * scale,
    }
