"""A picture of rows of images with the names of its rows and columns around it, as MLflow shows it: alone."""

from pathlib import Path
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.pictures import GAP

SIZE, MARGIN = 12, 8  # pixels: letters, and what stays free around them
LARGE = 68  # pixels: images are enlarged by whole numbers up to this size, so that a word fits above each
INK = "black"


def draw_labelled(source: Path, title: str, target: Path) -> None:
    """Write the PNG at `source` below a title, with the names beside it around it; UserError for one cut short."""
    names = source.with_name(f"{source.stem}.rows.json")
    told = read_json(names) if names.exists() else {}
    try:
        with Image.open(source) as picture:
            picture.load()
    except (OSError, SyntaxError) as error:
        raise UserError(f"{source} is no PNG or was cut short: run its stage again") from error
    labelled(picture, title, told.get("rows", []), told.get("columns", []), told.get("caption", "")).save(target)


def labelled(picture: Image.Image, title: str, rows: list[str], columns: list[str], caption: str) -> Image.Image:
    """The picture, enlarged, with its title and columns above, rows on its left and the caption below."""
    font = ImageFont.load_default(SIZE)
    line = SIZE + MARGIN // 2
    picture, tile = enlarged(picture, max(len(rows), 1))
    left = 2 * MARGIN + int(max((font.getlength(row) for row in rows), default=-MARGIN))
    letters = max(1, int(tile / font.getlength("n")))
    heads = [wrap(column.replace("_", " "), letters, break_long_words=False) for column in columns]
    top = MARGIN + line + max(map(len, heads), default=0) * line + MARGIN
    width = max(left + picture.width, int(font.getlength(title)) + MARGIN) + MARGIN
    below = wrap(caption, int((width - 2 * MARGIN) / font.getlength("n")))
    whole = Image.new("RGB", (width, top + picture.height + MARGIN + len(below) * line + MARGIN), "white")
    whole.paste(picture, (left, top))
    pen = ImageDraw.Draw(whole)
    pen.text((MARGIN, MARGIN), title, INK, font)
    for index, words in enumerate(heads):
        pen.multiline_text((left + index * tile, MARGIN + line + MARGIN // 2), "\n".join(words), INK, font, spacing=2)
    for index, row in enumerate(rows):
        pen.text((MARGIN, top + (index + 0.5) * tile), row, INK, font, anchor="lm")
    pen.multiline_text((MARGIN, top + picture.height + MARGIN), "\n".join(below), INK, font)
    return whole


def enlarged(picture: Image.Image, rows: int) -> tuple[Image.Image, int]:
    """The picture, larger by a whole number where its images are small; from one of them to the next, in pixels.

    Images are square, GAP pixels apart.
    """
    tile = (picture.height + GAP) // rows
    scale = max(1, LARGE // tile)
    size = (picture.width * scale, picture.height * scale)
    return picture.resize(size, Image.Resampling.NEAREST), tile * scale
