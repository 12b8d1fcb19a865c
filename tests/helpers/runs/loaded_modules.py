"""Which modules of the suite a stage really loads, in a process that has none of them beforehand."""

import json
import multiprocessing
import os
import sys
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any

LIBRARIES = ["torch", "scipy.stats", "sklearn.ensemble", "diffusers.models.unets.unet_2d", "lightning.pytorch"]


def loaded_modules(folder: Path, name: str, axes: dict[str, Any]) -> list[str]:
    """The modules of diffrep in the process that has run a stage in `folder`, at the place of these axes."""
    forkserver.set_forkserver_preload(LIBRARIES)
    out = folder / "loaded.json"
    process = multiprocessing.get_context("forkserver").Process(target=run, args=(folder, name, axes, out))
    process.start()
    process.join()
    assert process.exitcode == 0, name
    return json.loads(out.read_text())


def run(folder: Path, name: str, axes: dict[str, Any], out: Path) -> None:
    """Run the stage alone, without the command that checks its place and guards it."""
    os.chdir(folder)
    from diffrep.pipelines import stages
    from diffrep.pipelines.core.params import load

    # plumbing is not walked, so what it loads itself does not count: stubs in its place
    sys.modules["diffrep.pipelines.tracking.sync"] = SimpleNamespace(live_logger=lambda *_: False, sync=lambda *_: 0)
    sys.modules["diffrep.pipelines.core.guard"] = SimpleNamespace(code_on_record=lambda *_: {})
    stage = stages.load(name)
    stage.run(load(), stage.place(**axes))
    out.write_text(json.dumps(sorted(name for name in sys.modules if name.startswith("diffrep."))))
