"""`diffrep repro --engine slurm --print`: the same arrays as scripts of sbatch, and nothing started.

They need no submitit: each task is one command of ours, so that they can be written anew for PBS, LSF and others.
"""

from functools import partial
from pathlib import Path
from shlex import quote

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing_folder
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.running.cluster.due import arrays_due
from diffrep.pipelines.running.cluster.engine import cluster_of
from diffrep.pipelines.running.cluster.estimates import Estimates, needs_of
from diffrep.pipelines.running.cluster.folders import PRINTED, SUBMITTED
from diffrep.pipelines.running.cluster.jobs import MOST, Array
from diffrep.pipelines.running.cluster.left import expect_none_queued, forget_used, record_left
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.cluster.sbatch import sbatch_options
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.driver import only_driver
from diffrep.pipelines.running.plan import Plan
from diffrep.pipelines.running.repro import one_line_errors

ALL = "submit.sh"


def print_scripts(params: Params, estimates: Estimates, seeds: tuple[int, ...]) -> None:
    """Write the scripts of what is out of date, with one that submits them all, and say what to do with them.

    UserError where nothing is out of date, or tasks of the folder are in a queue.
    """
    cluster = cluster_of(params)
    with only_driver(), one_line_errors():
        expect_none_queued()
        plan = Plan(params, seeds=seeds)
        record_left(plan, Board())
        forget_used(plan)
        needs = partial(needs_of, plan, cluster=cluster, estimates=estimates)
        arrays = arrays_due(plan, {}, needs, MOST, first=True)
        if not arrays:
            raise UserError("everything is up to date but the report: diffrep repro makes that")
        write_scripts(arrays, cluster)
    tasks = sum(len(array.jobs) for array in arrays)
    print(f"{tasks} tasks in {len(arrays)} arrays: bash {PRINTED / ALL} submits them; when they have ended,")
    print("diffrep repro records what they made and writes the report.")


def write_scripts(arrays: list[Array], cluster: Cluster) -> None:
    """One script for each array, and the one that submits them, in place of those of before."""
    SUBMITTED.mkdir(parents=True, exist_ok=True)
    with replacing_folder(PRINTED) as folder:
        for array in arrays:
            (folder / script_name(array)).write_text(script(array, cluster))
        (folder / ALL).write_text(submitting(arrays))
    for array in arrays:
        array.write()


def script_name(array: Array) -> str:
    """Its number and its stage."""
    return f"{array.uid.split('-', 2)[2]}.sh"


def script(array: Array, cluster: Cluster) -> str:
    """One array; a task is `diffrep task` with the array's name and the task's number."""
    values = {
        **sbatch_options(array, cluster),
        "array": f"0-{len(array.jobs) - 1}%{cluster.at_a_time}",
        "output": f"{SUBMITTED}/%A_%a.log",
        **cluster.sbatch,
    }
    words = {name.replace("_", "-"): value for name, value in values.items()}
    options = [f"#SBATCH --{name}" + ("" if value is True else f"={value}") for name, value in words.items()]
    command = f'diffrep task {array.uid} "$SLURM_ARRAY_TASK_ID"'
    return "\n".join(["#!/bin/bash", *options, "", *cluster.setup, command, ""])


def submitting(arrays: list[Array]) -> str:
    """Shell that submits all scripts, each to wait for what it needs."""
    lines = ["#!/bin/bash", "set -e", f"cd {quote(str(Path.cwd()))}"]
    numbers = {array.uid: f"A{number}" for number, array in enumerate(arrays)}
    for array in arrays:
        after = ",".join(f"{how}:${numbers[uid]}" for uid, how in array.after.items())
        option = f" --kill-on-invalid-dep=yes --dependency={after}" if after else ""
        lines.append(f"{numbers[array.uid]}=$(sbatch --parsable{option} {PRINTED / script_name(array)})")
    return "\n".join([*lines, ""])
