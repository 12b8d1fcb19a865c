"""How fast pictures become a prepared data set and a prepared one is read, and what preparing takes of the machine.

    python tests/benchmarks/loading.py [PICTURES]

Makes so many JPEGs in CelebA's format (200,000: ten minutes, 2 GB, most of the time to make them), then says

- pictures decoded and cut a second by one core, and images read a second from the prepared array in training's batches,
  beside what PDAE at 64 pixels would take of them on one GPU by `diffrep dry-run`;
- of a preparation by all cores: its time, how many cores it keeps busy, the most memory of all its processes together,
  and how much of it a kill in the middle costs. What was gone on with is compared with what was done in one go.
"""

import io
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import psutil
from PIL import Image

from diffrep.datasets.celeba import CelebA
from diffrep.datasets.celeba_attributes import NAMES
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write
from diffrep.pipelines.core.cores import usable_cores
from diffrep.pipelines.presets.dry_run import speed_of
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import preset_rows
from diffrep.pipelines.training.batches import Batches

SIDES, QUALITY, SCENES = (218, 178, 3), 90, 64
BATCH, BATCHES, DECODED = 128, 200, 4000
GPU = "h200"


def make(folder: Path, count: int) -> None:
    """So many JPEGs of soft colours with some grain, each another, and their two tables."""
    generator = np.random.default_rng(0)
    soft = [Image.fromarray(generator.integers(0, 256, (8, 7, 3), np.uint8)).resize((178, 218)) for _ in range(SCENES)]
    scenes = [np.clip(np.asarray(s) + generator.normal(0, 6, SIDES), 0, 255).astype(np.uint8) for s in soft]
    (folder / "pictures").mkdir()
    for number in range(count):
        shifted = np.roll(scenes[number % SCENES], number // SCENES, axis=1)
        file = io.BytesIO()
        Image.fromarray(shifted).save(file, "JPEG", quality=QUALITY)
        (folder / "pictures" / f"{number + 1:06}.jpg").write_bytes(file.getvalue())
    signs = generator.choice(["-1", " 1"], (count, len(NAMES)))
    rows = (f"{n + 1:06}.jpg  {' '.join(row)}" for n, row in enumerate(signs))
    (folder / "attributes.txt").write_text("\n".join([str(count), " ".join(NAMES), *rows, ""]))
    parts = ("".join(f"{n + 1:06}.jpg {min(2, 10 * n // count // 4)}\n") for n in range(count))
    (folder / "partition.txt").write_text("".join(parts))


def source(folder: Path) -> CelebA:
    """The data set of those files, at the size and cut of the papers."""
    return CelebA(
        pictures=str(folder / "pictures"),
        attributes=str(folder / "attributes.txt"),
        partition=str(folder / "partition.txt"),
        crop="d2c",
        size=64,
        resampling="bilinear",
        splits="official",
        train=0,
        valid=0,
        test=0,
        seed=0,
    )


def a_second(count: int, begun: float) -> float:
    """So many since then, by the processor's seconds."""
    return count / (time.process_time() - begun)


def decoded(data: CelebA) -> float:
    """Pictures decoded and cut a second."""
    begun = time.process_time()
    data.images(np.arange(min(DECODED, len(data))))
    return a_second(min(DECODED, len(data)), begun)


def read(data: Prepared) -> float:
    """Images of the prepared array a second, in batches drawn at random."""
    batches, begun = Batches((data.images,), data.splits["train"], BATCH, seed=0), time.process_time()
    for step in range(BATCHES):
        batches[step]
    return a_second(BATCH * BATCHES, begun)


def needed() -> float:
    """Images a second that PDAE takes at 64 pixels on one GPU, by the dry run's estimate."""
    row = next(row for row in preset_rows("pdae-celeba64") if row.name == "pdae")
    step = cost(row.build(), row.image_shape, row.budget["batch_size"])
    return float(row.budget["batch_size"] / speed_of(GPU, None).seconds(step, row.budget["precision"]))


def prepare(folder: Path, name: str, kill_at: float | None = None) -> tuple[float, float, float]:
    """Seconds, cores busy and GiB resident of a preparation in a process of its own; killed after some seconds."""
    begun, busy, most = time.monotonic(), 0.0, 0
    started = psutil.Popen([sys.executable, __file__, "--prepare", str(folder), name])
    while started.poll() is None:
        if kill_at is not None and time.monotonic() - begun > kill_at:
            started.kill()
        family = [started, *children(started)]
        most, busy = max(most, sum(map(resident, family))), max(busy, sum(map(spent, family)))
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    return seconds, busy / seconds, most / 2**30


def children(process: psutil.Process) -> list[psutil.Process]:
    """The processes that it has started."""
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def resident(process: psutil.Process) -> int:
    """Bytes in memory that are its own: mapped files' pages are the system's to take back."""
    try:
        return int(process.memory_info().rss - process.memory_info().shared)
    except psutil.Error:
        return 0


def spent(process: psutil.Process) -> float:
    """Processor seconds by now."""
    try:
        return sum(process.cpu_times()[:2])
    except psutil.Error:
        return 0.0


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        make(folder, count)
        data = source(folder)
        print(f"{count:,} JPEGs of {sum(f.stat().st_size for f in (folder / 'pictures').iterdir()) / count:,.0f} bytes")
        print(f"decoded and cut by one core        {decoded(data):9,.0f} images/s")
        seconds, cores, gib = prepare(folder, "whole")
        print(f"prepared by {usable_cores()} processes            {count / seconds:9,.0f} images/s, {seconds:.0f} s")
        print(f"    cores busy {cores:.2f}, at most {gib:.2f} GiB of memory that is its own")
        per_core = read(Prepared(folder / "whole"))
        print(f"read from the array by one core    {per_core:9,.0f} images/s")
        print(
            f"    {per_core / needed():.1f} times the {needed():,.0f} images/s of PDAE at 64 pixels, one {GPU.upper()}"
        )
        prepare(folder, "killed", kill_at=seconds / 2)
        again, _, _ = prepare(folder, "killed")
        same = Prepared(folder / "killed").checksum == Prepared(folder / "whole").checksum
        print(f"killed after {seconds / 2:.0f} s, then done in {again:.0f} s more; the same data: {same}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--prepare"]:
        there, title = Path(sys.argv[2]), sys.argv[3]
        write(source(there), there / title, identity={"made": "here"}, processes=usable_cores())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
