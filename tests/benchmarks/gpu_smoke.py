"""The smoke grid on a device, and whether the codes of one of its cells are there what they are on the CPU."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "helpers" / "runs"))
from gpu_worker import failed
from smoke_runs import ENVIRONMENT, ROOMS, changed_params, command, workspace

CODES = {False: 1e-3, True: 1e-2}  # with TF32 or without -> largest difference, as a share of the largest number
IMAGES = 64
ENDING_SECONDS = 20.0  # that a run may take to end its stages


def smoke(folder: Path, device: str, seconds: float) -> dict[str, Any]:
    """How long the smoke profile takes with machine.device `device`, start to end; if it fails its log is printed."""
    log = workspace(folder) / "run.log"
    changed_params(folder, lambda params: params["machine"].update(device=device))
    begin = time.monotonic()
    with log.open("wb") as file:
        run = subprocess.Popen([command("diffrep"), "repro"], cwd=folder, env=ENVIRONMENT, stdout=file, stderr=file)
        try:
            code = run.wait(seconds)
        except subprocess.TimeoutExpired:
            end(run)
            return failed(f"not done in {seconds:.0f} s")
    if code:
        print(log.read_text(), file=sys.stderr)
        return failed(f"exit code {code}, see above")
    return {"seconds": time.monotonic() - begin}


def end(run: subprocess.Popen[bytes]) -> None:
    """End a run, gently at first."""
    run.terminate()
    try:
        run.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()


def codes_agree(folder: Path, device: str) -> dict[str, Any]:
    """How far the codes of a trained cell on a device are from those on the CPU, and whether that is near enough.

    Relative to the largest number of a code; first without TF32, then with it.
    """
    import torch

    from diffrep.datasets.pixels import image_tensor
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.command import set_tf32
    from diffrep.pipelines.core import params as settings
    from diffrep.pipelines.core.paths import Cell
    from diffrep.pipelines.trained.cells import load
    from diffrep.pipelines.trained.encoding import codes_of

    os.chdir(folder)
    params, cell = settings.load(), Cell(ROOMS, "pdae", 0)
    data = Prepared(cell.shared.data)
    images = image_tensor(data.images[data.splits["test"][:IMAGES]])

    def codes(there: str, tf32: bool = False) -> torch.Tensor:
        machine = params.machine.model_copy(update={"device": there, "tf32": tf32})
        set_tf32(machine)
        network = load(params.model_copy(update={"machine": machine}), cell, data.image_shape)
        return next(iter(codes_of(network, images.to(next(network.parameters()).device)).values())).cpu()

    known, differences = codes("cpu"), {}
    for tf32 in CODES:
        differences[tf32] = float((codes(device, tf32) - known).abs().max() / known.abs().max())
    words = f"{differences[False]:.1e} without TF32, {differences[True]:.1e} with it"
    if any(differences[tf32] > most for tf32, most in CODES.items()):
        return failed(f"codes differ by {words}")
    return {"difference": differences[False], "difference_tf32": differences[True], "words": words}
