"""A notebook run cell by cell in a folder, as Jupyter does; what each cell prints, and what it is kept as printing."""

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any


def printed(notebook: Path, folder: Path) -> list[tuple[str, str]]:
    """(what is kept in the file, what is printed now) of every cell of code, run one after the other in `folder`."""
    found, names = [], {"__name__": "__main__"}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for cell in code_cells(notebook):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile("".join(cell["source"]), str(notebook), "exec"), names)
            found.append((kept(cell), out.getvalue()))
    finally:
        os.chdir(before)
    return found


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]


def kept(cell: dict[str, Any]) -> str:
    return "".join(line for output in cell["outputs"] for line in output["text"])
