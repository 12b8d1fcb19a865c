"""What `diffrep score` shows and writes: a table, and flat JSON with a record and the arrays beside it."""

import math
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from diffrep.metrics.catalogue import BOTH, POOL, TEST, Metric, Number
from diffrep.metrics.codes import varying_factors
from diffrep.metrics.measured import Measured
from diffrep.metrics.outside import OutsideMetric
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_arrays, write_json
from diffrep.pipelines.core.params import digest
from diffrep.pipelines.core.results import suite_commit
from diffrep.pipelines.core.source_code import code_hashes
from diffrep.pipelines.score.split import Split
from diffrep.pipelines.trained.own_metrics import facts_of

RECORDED_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "torchmetrics")
PUBLISHED = "disentanglement_lib"
TABLE_WIDTH = 120  # of the table where there is no terminal


class Scored(NamedTuple):
    """All that was measured of one file."""

    path: Path
    sha256: str  # of the bytes that were measured
    rows: Split
    metrics: Mapping[str, Metric]  # name -> all that could be asked for
    wanted: dict[str, list[str]]  # metric -> its numbers that were asked for
    measured: dict[str, Measured]  # metric -> all that it gave, without those that refused the rows
    parameters: dict[str, dict[str, Any]]  # metric -> keyword arguments
    refused: dict[str, str]  # metric -> why
    counts: Measured  # active_dims, total_dims
    preset: str
    compat: bool
    seed: int

    def values(self) -> dict[str, float]:
        """Every number asked for, by its fixed name."""
        return {name: measured[name] for metric, measured in self.measured.items() for name in self.wanted[metric]}

    def reasons(self) -> dict[str, str]:
        """Why a number asked for is nan or infinite."""
        given = {name: why for measured in self.measured.values() for name, why in measured.reasons.items()}
        infinite = {name: str(value) for name, value in self.values().items() if math.isinf(value)}
        return {name: why for name, why in (given | infinite).items() if name in self.values()}

    def constant(self) -> list[int]:
        """Columns of factors or attributes that never vary where metrics are fitted."""
        return np.flatnonzero(~varying_factors(self.rows.train.targets)).tolist()

    def without_compat(self) -> list[str]:
        """Metrics that have no published form to repeat."""
        return [name for name, given in self.parameters.items() if "compat" not in given] if self.compat else []


def print_scores(scored: Scored) -> None:
    """The table, and below it what has to be said of its numbers."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=TABLE_WIDTH)
    table = Table(title=escape(_title(scored)), title_justify="left")
    facts = facts_of(scored.metrics.values())
    table.add_column(no_wrap=True)
    table.add_column(PUBLISHED if scored.compat else "value", justify="right", no_wrap=True)
    for heading in ("", "range", "chance", "rows"):
        table.add_column(heading)
    for name in scored.measured:
        for number in scored.wanted[name]:
            table.add_row(*_cells(facts[number], scored.metrics[name], scored))
        table.add_section()
    console.print(table)
    for line in _remarks(scored):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _title(scored: Scored) -> str:
    dims = f"{scored.counts['active_dims']:.0f} of {scored.counts['total_dims']:.0f} dimensions active"
    return f"{scored.path.name}: {dims}, preset {scored.preset}, seed {scored.seed}"


def _cells(number: Number, metric: Metric, scored: Scored) -> tuple[str, ...]:
    value, sample = f"{scored.values()[number.name]:.{number.digits}f}", scored.rows.sample
    rows = {
        POOL: f"{len(scored.rows.pool.codes):,} to draw from",
        BOTH: f"{sample.n_train:,} / {sample.n_test:,}",
        TEST: f"{sample.n_test:,}",
    }.get(metric.rows, f"{sample.n_train:,}")
    return number.name, value, number.arrow, number.range, number.chance_on(sample), rows


def _remarks(scored: Scored) -> list[str]:
    lines = [f"{name} is {scored.values()[name]}: {why}" for name, why in scored.reasons().items()]
    if scored.constant():
        left = "" if scored.compat else " and left out"
        lines.append(f"constant where metrics are fitted{left}: {scored.rows.kind} {scored.constant()}")
    if scored.without_compat():
        lines.append(f"no form of {PUBLISHED} to repeat, ours: {', '.join(scored.without_compat())}")
    return lines


def places(out: Path) -> tuple[Path, Path, Path]:
    """The files of scores, arrays and record: the last two named for the first, without its .json."""
    name = out.stem if out.suffix == ".json" else out.name
    return out, out.with_name(f"{name}.arrays.npz"), out.with_name(f"{name}.record.json")


def expect_writable(out: Path, codes: Path) -> None:
    """UserError, before anything is measured, where the scores could not be written, or only over the codes."""
    try:
        if any(place.exists() and place.samefile(codes) for place in places(out)):
            raise UserError(f"--json {out} would write over the codes in {codes}: give another name")
        out.parent.mkdir(parents=True, exist_ok=True)
        for place in places(out):
            if place.is_dir():
                raise UserError(f"--json {out} cannot be written: {place} is a folder; give another name")
            with NamedTemporaryFile(dir=place.parent, prefix=f".{place.stem}.", suffix=place.suffix):
                pass  # a name as long as the one that `replacing` writes under
    except OSError as error:
        raise UserError(f"--json {out} cannot be written: {error.strerror or error}") from error


def write_scores(scored: Scored, out: Path) -> None:
    """{number: value} to `out`, nan and infinity as null; what it rests on beside it, the same bytes every time."""
    scores, arrays, record = places(out)
    named = {f"{m}.{name}": array for m, measured in scored.measured.items() for name, array in measured.arrays.items()}
    said = record_of(scored)  # before the first file: what stops it leaves none
    write_arrays(arrays, named)
    write_json(record, said)
    write_json(scores, scored.values())


def record_of(scored: Scored) -> dict[str, Any]:
    """All that is needed to trust the numbers or refuse them."""
    rows, sample, explained = scored.rows, scored.rows.sample, scored.rows.explained
    shares = {} if explained is None else {"mean": explained.mean(), "min": explained.min()}
    return {
        "codes": scored.path.name,
        "codes_sha256": scored.sha256,
        "preset": scored.preset,
        "compat": PUBLISHED if scored.compat else None,
        "seed": scored.seed,
        "n_train": sample.n_train,
        "n_test": sample.n_test,
        "n_pool": len(rows.pool.codes),
        **{name: int(count) for name, count in scored.counts.items()},
        **{f"tokens_explained_{name}": share for name, share in shares.items()},
        rows.kind: rows.train.targets.shape[1],
        f"skipped_{rows.kind}": [] if scored.compat else scored.constant(),
        f"{rows.kind}_values": list(sample.values),
        "parameters": scored.parameters,
        "without_compat": scored.without_compat(),
        "reasons": scored.reasons(),
        "refused": scored.refused,
        "notes": rows.notes,
        "own_code": own_code(scored.metrics),
        "suite_commit": suite_commit(),
        "python": platform.python_version(),
        **versions(),
        "platform": f"{sys.platform}-{platform.machine()}",
    }


def versions() -> dict[str, str | None]:
    """{library: its version} of those that a score may depend on; None for one that is not installed."""
    found: dict[str, str | None] = dict.fromkeys(RECORDED_LIBRARIES)
    for name in found:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def own_code(metrics: Mapping[str, Metric]) -> dict[str, str]:
    """{metric from outside: what its module and all of its own that it imports hash to}."""
    modules = {name: name.partition(":")[0] for name, metric in metrics.items() if isinstance(metric, OutsideMetric)}
    return {name: digest(code_hashes(module)) for name, module in modules.items()}
