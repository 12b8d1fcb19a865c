"""A fresh Python in which only the libraries of the bare package can be imported, as after `pip install diffrep`."""

import subprocess
import sys
from pathlib import Path

BLOCK = """
import sys
from importlib.abc import MetaPathFinder

SUITE = {"torch", "torchmetrics", "diffusers", "lightning", "mlflow", "dvc", "yaml", "matplotlib", "PIL", "psutil"}
SUITE |= {"networkx", "jinja2", "safetensors", "huggingface_hub", "h5py", "lmdb"}


class Refused(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in SUITE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Refused())
"""
COMMAND = "from diffrep.pipelines.cli import main\nmain()\n"


def in_bare_python(code: str, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess:
    """What it does with `code`, in a folder, with these words on its command line."""
    python = [sys.executable, "-c", BLOCK + code, *words]
    return subprocess.run(python, cwd=folder, capture_output=True, text=True, check=False)
