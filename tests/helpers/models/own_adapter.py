"""A method of one's own in a folder of work: what its file begins with, and what makes it the grid's only one."""

from pathlib import Path

from mistakes import put

HEAD = """import sys
import torch
from torch import nn
from broken_adapters import Good
from diffrep.methods.shared.part import Part

"""
CLASS = f"{HEAD}class Mine(Good):\n"
WORDS = ("code",)


def files(text: str, adapter: str = "learned:Mine", **section):
    """What writes learned.py and makes it the only method of the grid."""

    def make(folder: Path) -> None:
        (folder / "learned.py").write_text(text)
        put("methods", {"mine": {"adapter": adapter, "width": 8, **section}})(folder)
        put("grid.method", ["mine"])(folder)
        put("report", {"reference": "mine", "controls": []})(folder)

    return make
