"""Files of data sets as people have them, whole and wrong, and what `diffrep prepare --check` says of them."""

from pathlib import Path

import yaml
from click.testing import CliRunner
from face_files import folder_of, painted, put
from mistakes import contents
from tiny_cells import small_values

from diffrep.pipelines.cli import cli

COUNT = 12
FILES = [f"{n + 1:06d}.jpg" for n in range(COUNT)]
PICTURES = dict(zip(FILES, painted(COUNT), strict=True))
FOLDER, ATTRIBUTES, PARTITION = "img_align_celeba", "list_attr_celeba.txt", "list_eval_partition.txt"
PAGE = "<!DOCTYPE html><title>Quota exceeded</title>"
SECTION = {
    **{"adapter": "celeba", "pictures": FOLDER, "attributes": ATTRIBUTES, "partition": PARTITION, "crop": "d2c"},
    **{"size": 16, "resampling": "lanczos", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0},
}


def write_params(sections):
    values = small_values()
    values["datasets"] |= sections
    Path("params.yaml").write_text(yaml.safe_dump(values))


def own(*lines: str):
    """A data set of one's own, whose class ends with these lines, as the section `mine`."""
    body = "".join(f"    {line}\n" for line in lines or ("pass",))
    head = "import numpy as np\nfrom own_data import Dots\n\n\n"
    Path("pictures.py").write_text(f"{head}class Mine(Dots):\n{body}")
    write_params({"mine": {"adapter": "pictures:Mine", "seed": 0}})


def checked(*names: str) -> tuple[int, list[str]]:
    """How the check ends, and its lines, of a data set or of all; nothing is written."""
    before = contents(Path())
    done = CliRunner().invoke(cli, ["prepare", "--check", *(word for name in names for word in ("--dataset", name))])
    assert {path: content for path, content in contents(Path()).items() if "__pycache__" not in path} == before
    return done.exit_code, done.output.splitlines()


def page(name: str):
    return lambda work: put(work / name, PAGE)


def half(name: str):
    return lambda work: (work / name).write_bytes((work / name).read_bytes()[: (work / name).stat().st_size // 2])


def missing(name: str):
    return lambda work: (work / name).unlink()


def other_rows(name: str, rows):
    def change(work):
        lines = (work / name).read_text().splitlines()
        (work / name).write_text("\n".join(rows(lines)) + "\n")

    return change


KINDS = [
    ("a web page in a table's place", page(ATTRIBUTES), f"{ATTRIBUTES} is a web page saved under that name"),
    ("half a table", half(ATTRIBUTES), f"{ATTRIBUTES} "),
    ("no table", missing(PARTITION), f"{PARTITION} is missing"),
    ("an empty table", lambda work: put(work / PARTITION, ""), f"{PARTITION} is empty"),
    ("a wrong split", lambda work: put(work / PARTITION, "000001.jpg 7\n"), f"{PARTITION} has splits [7]"),
    ("attributes without pictures", missing(f"{FOLDER}/{FILES[4]}"), f"lacks pictures of which {ATTRIBUTES} has rows"),
    (
        "pictures without attributes",
        other_rows(ATTRIBUTES, lambda lines: [str(COUNT - 1), *lines[1:-1]]),
        f"has pictures of which {ATTRIBUTES} has no rows: 1 of them, number 12",
    ),
    ("half a picture", half(f"{FOLDER}/{FILES[3]}"), f"{FOLDER}/{FILES[3]} is a damaged picture"),
    ("a web page as a picture", page(f"{FOLDER}/{FILES[3]}"), f"{FOLDER}/{FILES[3]} is a web page"),
    ("a picture of other sides", lambda work: folder_of(work / FOLDER, {FILES[8]: painted(1, (64, 64))[0]}), "64x64"),
]
