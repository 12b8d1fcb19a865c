"""What the suite's trainer makes of a GPU, and whether the pipeline runs there: one script of at most 8 minutes.

    python tests/benchmarks/gpu.py [--json FILE] [ROW ...]

at the top of a git checkout, on a machine with a GPU. PDAE-CelebA64, Diff-AE-FFHQ128 and EncDiff on 3D Shapes are
trained at their published sizes on noise in place of images, each with TF32, in bfloat16, in bfloat16 with channels
last, and compiled, with channels last where that was faster. A line says how many images a second the suite
trains and a bare loop does (gpu_training.py), their ratio, the suite's peak memory, and which share of the card's peak
the counted operations are: of that in TF32 for 32 bits, in bfloat16 for 16. Batches are of the published size, or the
largest of its halves that fits. What fails is one line, and the rest goes on. At the end the smoke grid runs on the
card in the time that is left, and the codes of one of its cells are compared with the CPU's. Exit code 1 where one of
these two fails or no training ran.

It has not run on a GPU yet. `--device cpu --quick` runs the same lines with narrow networks, which shows that they work
and nothing else; there a compilation has hardly a chance to end in time.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gpu_card import card
from gpu_smoke import codes_agree, smoke
from gpu_training import Job, measure
from gpu_worker import Deadline, Worker, failed, is_failed

PRESETS = {"pdae": "pdae-celeba64", "diffae": "diffae-ffhq128", "encdiff_code": "encdiff-shapes3d"}
BF16 = {"precision": "bf16-mixed", "tf32": True}
COLUMNS: dict[str, dict[str, Any]] = {
    "tf32": {"precision": "32-true", "tf32": True},
    "bf16-mixed": BF16,
    "bf16-mixed, channels last": {**BF16, "channels_last": True},
}
PLAIN, LAST = "bf16-mixed", "bf16-mixed, channels last"
COMPILED_PLAIN, COMPILED_LAST = "bf16-mixed, compiled", "bf16-mixed, compiled, last"
# Seconds, by --quick:
LOOP = {False: 4.0, True: 0.1}  # of each loop
EAGER, ALL_EAGER = {False: 30.0, True: 60.0}, {False: 130.0, True: 600.0}  # a training not compiled; all of them
ALL_COMPILED = {False: 150.0, True: 1.0}  # those that are
START, SMOKE, CODES = 30.0, {False: 300.0, True: 900.0}, 30.0
WHOLE = {False: 470.0, True: 2000.0}
LINE = "{:<14}{:<28}{:>6}{:>11}{:>8}{:>7}{:>8}{:>13}{:>9}{:>9}"
HEADINGS = ("", "", "batch", "images/s", "bare", "ratio", "GiB", "GFLOP/image", "TFLOP/s", "of peak")


def main(words: Sequence[str]) -> int:
    """Measure, print, and write what was measured; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"Of {', '.join(PRESETS)}; without any, all.")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--quick", action="store_true", help="Narrow networks, parts of a second.")
    parser.add_argument("--no-smoke", action="store_true", help="Trainings alone.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Where the numbers are written too.")
    given = parser.parse_args(words)
    if unknown := set(given.rows) - set(PRESETS):
        parser.error(f"no row {' '.join(unknown)}: there are {', '.join(PRESETS)}")
    worker = Worker()
    try:
        found = measured(worker, given)
    finally:
        worker.close()
    well = found and not any(map(is_failed, found.values())) and not all(map(is_failed, found["trainings"]))
    return 0 if well else 1


def measured(worker: Worker, given: argparse.Namespace) -> dict[str, Any]:
    """All that is measured, as it stands in the JSON file; {} without a card."""
    deadline = Deadline(WHOLE[given.quick])
    there = worker.ask(card, given.device, given.quick, seconds=START)
    if not there or is_failed(there):
        print(there.get("failed", "torch finds no GPU here: --device cpu --quick tries the script without one"))
        return {}
    print("{name}, torch {torch}: matrix products reach {reached[tf32]:.3g} TFLOP/s in TF32".format_map(there), end="")
    print(", {reached[bf16]:.3g} in bfloat16; shares are of {peak[tf32]:.3g} and {peak[bf16]:.3g}".format_map(there))
    found: dict[str, Any] = {"card": there, "trainings": []}
    print(LINE.format(*HEADINGS))

    def noted(more: Iterator[dict[str, Any]]) -> None:
        for one in more:
            found["trainings"].append(one)
            print(line(one, there["peak"]), flush=True)
            write(given.json, found)

    noted(eager(worker, given))
    noted(compiled(worker, given, tuple(found["trainings"])))
    if not given.no_smoke:
        found |= smoke_found(worker, given, min(SMOKE[given.quick], deadline.left - CODES))
        write(given.json, found)
    return found


def eager(worker: Worker, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What `measure` finds for every row and column."""
    deadline = Deadline(ALL_EAGER[given.quick])
    for row in given.rows or PRESETS:
        for column, machine in COLUMNS.items():
            yield training(worker, given, row, column, machine, min(EAGER[given.quick], deadline.left))


def compiled(worker: Worker, given: argparse.Namespace, known: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same of every row compiled; they share the time that is left.

    known  what `eager` has found
    """
    speeds = {(one["row"], one["column"]): one.get("images_per_second", 0.0) for one in known}
    rows, deadline = given.rows or list(PRESETS), Deadline(ALL_COMPILED[given.quick])
    for number, row in enumerate(rows):
        last = speeds[row, LAST] > speeds[row, PLAIN]
        seconds = deadline.left / (len(rows) - number)
        machine = {**BF16, "compile": True, "channels_last": last}
        yield training(worker, given, row, COMPILED_LAST if last else COMPILED_PLAIN, machine, seconds)


def training(
    worker: Worker, given: argparse.Namespace, row: str, column: str, machine: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """A row's training as a column has it: what it was, and what `measure` finds within so many seconds."""
    job = Job(PRESETS[row], row, {"device": given.device, **machine}, LOOP[given.quick], given.quick)
    return {"row": row, "column": column, **job.machine, **worker.ask(measure, job, seconds=seconds)}


def line(training: dict[str, Any], peak: dict[str, float]) -> str:
    """A training's line of the table."""
    names = training["row"], training["column"]
    if is_failed(training):
        return "{:<14}{:<28}{}".format(*names, training["failed"])
    memory = training["peak_memory_gib"]
    return LINE.format(
        *names,
        training["batch_size"],
        f"{training['images_per_second']:.0f}",
        f"{training['bare_images_per_second']:.0f}",
        f"{training['ratio']:.2f}",
        "-" if memory is None else f"{memory:.1f}",
        f"{training['gflop_per_image']:.3g}",
        f"{training['tflops']:.3g}",
        f"{training['tflops'] / peak['bf16' if training['precision'] == 'bf16-mixed' else 'tf32']:.1%}",
    )


def smoke_found(worker: Worker, given: argparse.Namespace, seconds: float) -> dict[str, Any]:
    """How the smoke grid ended within so many seconds, and whether codes agree; both are printed."""
    worker.close()  # so that the memory of the card is free
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, "smoke")
        ran = smoke(folder, given.device, seconds)
        print(f"smoke grid    {ran['failed'] if is_failed(ran) else 'ended well in {seconds:.0f} s'.format_map(ran)}")
        ended = not is_failed(ran)
        codes = worker.ask(codes_agree, folder, given.device, seconds=CODES) if ended else failed("no cell was trained")
        print(f"codes         {codes['failed'] if is_failed(codes) else 'as on the CPU: ' + codes['words']}")
    return {"smoke": ran, "codes": codes}


def write(path: Path | None, found: dict[str, Any]) -> None:
    """Write what was found by now, where a file is named."""
    if path is not None:
        path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
