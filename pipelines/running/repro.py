"""`diffrep repro`: every stage that is out of date, independent ones side by side.

DVC decides what is out of date, runs the commands and records the outputs; here the order is chosen (plan.py), the
work started and watched (run.py), and what DVC cannot see is brought to its notice (freshness.py).
"""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from dvc.exceptions import DvcException
from dvc.scm import SCMError

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.headline import tell_headline
from diffrep.pipelines.running.cluster.left import expect_none_queued, forget_used, record_left
from diffrep.pipelines.running.driver import plain_driver
from diffrep.pipelines.running.interrupted import mend_list, write_list_whole
from diffrep.pipelines.running.lockfile import RESTORE
from diffrep.pipelines.running.parsing import parsed_once
from diffrep.pipelines.running.plan import Plan
from diffrep.pipelines.running.run import Run
from diffrep.pipelines.stages.report import REPORTS

FEW = 6  # names that are read one by one


def repro(params: Params, jobs: int, *, allow_missing: bool = False, seeds: Collection[int] = ()) -> None:
    """Bring every stage up to date with at most `jobs` at a time, and show the headline table.

    allow_missing  leave what is missing here, as long as nothing that runs needs it
    seeds          of the grid, to run those alone; without any, all

    UserError when a stage fails, after the others have ended.
    """
    start = time.monotonic()
    with plain_driver(), one_line_errors():
        expect_none_queued()
        run = carried_out(Plan(params, allow_missing=allow_missing, seeds=seeds), jobs, params.machine)
    tell_end(params, run.failed, run.ran, len(run.plan.names), time.monotonic() - start)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """DVC at work inside the block, with its own files mended first, and its errors as UserError."""
    write_list_whole()
    try:
        mend_list()
        with parsed_once():
            yield
    except SCMError as error:
        raise UserError(f"{error}: clone it with git, or run `dvc config core.no_scm true` here once") from error
    except DvcException as error:
        lock = f": get it back with {RESTORE}" if "dvc.lock" in str(error) else ""
        raise UserError(f"{error}{lock}") from error


def tell_end(
    params: Params, failed: Mapping[str, str], ran: int, total: int, seconds: float, dropped: Collection[str] = ()
) -> None:
    """Say how a run of so many stages has ended, and show the headline table; UserError where some have failed.

    failed   {stage: why}
    ran      how many were not up to date
    dropped  stages that were not run, for those that have failed
    """
    if failed or dropped:
        told = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        behind = f". Not run, since they need these: {', '.join(dropped)}" if dropped else ""
        raise UserError(f"{len(failed)} of {total} stages failed, the rest is kept. {told}{behind}")
    if not ran:
        print(f"Everything is up to date: {total} stages checked in {seconds:.0f} s, nothing to do.")
    else:
        print(f"{ran} of {total} stages ran in {seconds / 60:.1f} minutes. See reports/index.html.")
    tell_headline(REPORTS, params.grid.dataset)


def by_stage(names: Collection[str]) -> str:
    """Names of a few cells' stages, of more how many there are of each stage.

    >>> by_stage(["train@rooms-pca-0", "report"])
    'train@rooms-pca-0, report'
    >>> by_stage([f"train@rooms-pca-{seed}" for seed in range(9)] + ["report"])
    '9 of train, 1 of report'
    """
    if len(names) <= FEW:
        return ", ".join(names)
    counts = Counter(name.partition("@")[0] for name in names)
    return ", ".join(f"{count} of {stage}" for stage, count in counts.items())


def carried_out(plan: Plan, jobs: int, machine: Machine) -> Run:
    """The plan's run, at its end; when it is interrupted, so are its stages."""
    run = Run(plan, jobs, machine)
    record_left(plan, run.board)
    forget_used(plan)
    run.board.tell(f"at most {jobs} stages side by side, as --jobs says{run.gpus.told()}")
    if plan.gone:
        run.board.tell(f"dropped from dvc.lock, in no stage any more: {by_stage(plan.gone)}")
    try:
        run.to_the_end()
    finally:
        run.stop()
    return run
