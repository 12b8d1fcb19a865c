"""Which modules of the suite a stage really loads, in a process that has none of them beforehand."""

import json
import multiprocessing
import os
import sys
from multiprocessing import forkserver
from pathlib import Path

LIBRARIES = ["torch", "scipy.stats", "sklearn.ensemble", "diffusers.models.unets.unet_2d", "lightning.pytorch"]


def loaded_modules(folder: Path, words: list[str]) -> list[str]:
    """The modules of diffrep in the process that has run the command of a stage in `folder`."""
    forkserver.set_forkserver_preload(LIBRARIES)
    out = folder / "loaded.json"
    process = multiprocessing.get_context("forkserver").Process(target=run, args=(folder, words, out))
    process.start()
    process.join()
    assert process.exitcode == 0, words
    return json.loads(out.read_text())


def run(folder: Path, words: list[str], out: Path) -> None:
    os.chdir(folder)
    from diffrep.pipelines import command

    command.main(words)
    out.write_text(json.dumps(sorted(name for name in sys.modules if name.startswith("diffrep."))))
