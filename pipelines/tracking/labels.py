"""A picture of rows of images with the names of its rows and columns around it, as MLflow shows it: alone."""

from pathlib import Path
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.pictures import GAP, SCALE

SIZE, MARGIN = 12, 8  # pixels: letters, and what stays free around them
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
    """The picture with its title and columns above, rows on its left and the caption below."""
    font = ImageFont.load_default(SIZE)
    line = SIZE + MARGIN // 2
    tile = tile_of(picture, len(rows))
    left = 2 * MARGIN + int(max((font.getlength(row) for row in rows), default=-MARGIN))
    heads = [
        wrap(column.replace("_", " "), max(1, int(tile / font.getlength("n"))), break_long_words=False)
        for column in columns
    ]
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


def tile_of(picture: Image.Image, rows: int) -> int:
    """From the top of one row to that of the next, in pixels; images are square, so from column to column too."""
    return (picture.height + GAP * SCALE) // max(rows, 1)
