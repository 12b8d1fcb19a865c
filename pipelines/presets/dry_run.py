"""diffrep dry-run: build every network of a preset without memory, count it, and say what its training would cost."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.presets.flops import Cost, cost
from diffrep.pipelines.presets.presets import PresetRow, params_rows, preset_rows
from diffrep.pipelines.presets.published import preset, unbuilt
from diffrep.pipelines.trained.buildable import GIB, total, trained

PEAKS = {  # dense tensor cores, TFLOP/s: float32 as TF32 (V100: plain float32), and 16 bits; makers' data sheets
    "a100": (156.0, 312.0),
    "h100": (494.0, 989.0),
    "h200": (494.0, 989.0),
    "rtx4090": (82.6, 165.2),
    "v100": (15.7, 125.0),
}
# What is sustained of those peaks, from the throughputs on an A100 at 128 x 128 that arXiv:2212.12990 gives in section
# 4.1: PDAE's 81.57 images/s, which the reference code trains in float32, and Diff-AE's 75.41, in 16 bits.
SHARES = (0.25, 0.12)
CALL = 1e-5  # seconds that PyTorch takes to call an operation, more or less: what small networks wait for
HEADINGS = (
    *("", "parameters", "trained", "stated", "GFLOP/image"),
    *("state", "activations", "memory", "steps", "batch", "time"),
)


class Speed(NamedTuple):
    """TFLOP/s that a GPU is taken to sustain in 32 and in 16 bits, and those words."""

    full: float
    half: float
    words: str

    def seconds(self, step: Cost, precision: str) -> float:
        """How long a training step takes: as long as its arithmetic, or as calling its operations one by one."""
        return max(step.flops / (1e12 * (self.half if in_half(precision) else self.full)), step.operations * CALL)


def dry_run(params: Params | None, name: str | None, row: str | None, gpu: str, tflops: float | None) -> None:
    """Print the table of the preset `name`, or one of `params` for each data set; UserError where a count is wrong.

    row     only this one
    gpu     a key of PEAKS
    tflops  what it sustains, instead of the SHARES of its peaks
    """
    tables = {name: preset_rows(name)} if name else of_grid(params)
    speed, wrong = speed_of(gpu, tflops), []
    for title, rows in tables.items():
        print(heading(title) if name else f"params.yaml on {title}")
        networks = [(found, found.build()) for found in only(rows, row)]
        print_table([HEADINGS, *(line(found, network, speed) for found, network in networks)])
        wrong += [
            f"{title}, {found.name}: {words}" for found, network in networks for words in differences(found, network)
        ]
    print(notes(speed))
    if wrong:
        raise UserError("; ".join(wrong))


def of_grid(params: Params | None) -> dict[str, list[PresetRow]]:
    """The rows of params.yaml by data set."""
    return {dataset: params_rows(params, dataset) for dataset in params.grid.dataset} if params else {}


def only(rows: list[PresetRow], name: str | None) -> list[PresetRow]:
    """The row of that name, or all of them."""
    if name is None:
        return rows
    found = [row for row in rows if row.name == name]
    if not found:
        raise UserError(f"no row {name!r}: {hint(name, [row.name for row in rows])}")
    return found


def differences(row: PresetRow, network: nn.Module) -> list[str]:
    """In words, each count of parameters that is not as the row's source states it."""
    counts = {key: counted(network, key) for key in row.stated}
    return [
        f"{key} has {counts[key]:,} parameters, but {stated:,} are stated"
        for key, stated in row.stated.items()
        if counts[key] != stated
    ]


def counted(network: nn.Module, key: str) -> int:
    """The parameters that `key` speaks of: "total", "trained", or the path of a submodule."""
    if key in ("total", "trained"):
        return {"total": total, "trained": trained}[key](network)
    return total(network.get_submodule(key))


def line(row: PresetRow, network: Any, speed: Speed) -> tuple[str, ...]:
    """A row of the table."""
    agrees = "-" if not row.stated else "no" if differences(row, network) else "yes"
    counts = (row.name, f"{total(network):,}", f"{trained(network):,}" if hasattr(network, "loss") else "-", agrees)
    if not hasattr(network, "loss"):
        return (*counts, *["-"] * 7)
    steps, batch, precision = (row.budget[key] for key in ("steps", "batch_size", "precision"))
    step = cost(network, row.image_shape, batch)
    kept = activations(step, precision)
    return (
        *counts,
        f"{step.flops / batch / 1e9:.3g}",
        *(f"{size / GIB:.2f} GiB" for size in (step.state, kept, step.state + kept)),
        "-" if steps is None else f"{steps:,}",
        str(batch),
        "-" if steps is None else duration(steps * speed.seconds(step, precision)),
    )


def activations(step: Cost, precision: str) -> float:
    """Bytes of what is kept for the backward pass: half of them in 16 bits."""
    return step.activations / (2 if in_half(precision) else 1)


def in_half(precision: str) -> bool:
    """Whether the heavy operations run in 16 bits."""
    return "16" in precision


def speed_of(gpu: str, tflops: float | None) -> Speed:
    """What the GPU is taken to sustain."""
    if tflops is not None:
        return Speed(tflops, tflops, f"one GPU sustaining {tflops:g} TFLOP/s")
    if gpu not in PEAKS:
        raise UserError(f"no GPU {gpu!r}: {hint(gpu, PEAKS)} (or give --tflops)")
    full, half = (share * peak for share, peak in zip(SHARES, PEAKS[gpu], strict=True))
    of = f"{SHARES[0]:.0%} and {SHARES[1]:.0%} of its peaks"
    return Speed(full, half, f"one {gpu.upper()} sustaining {full:.0f} TFLOP/s in 32 bits, {half:.0f} in 16 ({of})")


def duration(seconds: float) -> str:
    """Seconds in the unit that a person would choose."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} seconds"


def heading(name: str) -> str:
    """What the preset is of."""
    values = preset(name)
    shape = " x ".join(map(str, values["image_shape"]))
    facts = (f"{name}: {values['paper']}", f"{values['data']['name']}, {values['data']['images']:,} images, {shape}")
    return "\n".join(filter(None, (*facts, unbuilt(name))))


def print_table(lines: Sequence[tuple[str, ...]]) -> None:
    """Print the cells in columns: names to the left, numbers to the right."""
    widths = [max(len(cells[i]) for cells in lines) for i in range(len(lines[0]))]
    for name, *cells in lines:
        print("  ".join([name.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(cells, widths[1:], strict=True))]))


def notes(speed: Speed) -> str:
    """How the table was measured."""
    return f"""
stated       whether every count that the sources state is the network's
GFLOP/image  a training step, forward and backward; what is frozen counts forward only
state        weights, and of what is trained gradients, Adam's moments, averages
activations  what one batch on one GPU keeps for the backward pass
memory       the sum of both; PyTorch's cache and workspace come on top
time         an estimate: {speed.words},
             and at least {1e6 * CALL:.0f} microseconds for each operation that PyTorch calls"""
