"""What the driver of `diffrep repro --engine slurm` takes for two thousand stages: to plan, print and record them.

Run with `python tests/benchmarks/cluster.py`, some minutes; a smaller number behind it is quicker. Processor seconds.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers" / "runs"))

import many_stages
import yaml

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.due import due_of, handed_over, keep_hashes
from diffrep.pipelines.running.cluster.needs import Cluster, Need
from diffrep.pipelines.running.cluster.printed import write_scripts
from diffrep.pipelines.running.cluster.recording import record
from diffrep.pipelines.running.cluster.tree import Tree
from diffrep.pipelines.running.interrupted import write_list_whole
from diffrep.pipelines.running.parsing import parsed_once
from diffrep.pipelines.running.plan import Plan

NEED = Need(gpus=0, cpus=1, memory_gib=2, minutes=10)


def timed(title: str, work: Callable[[], object]) -> object:
    """What `work` returns, with a line on what it took."""
    wall, cpu = time.monotonic(), time.process_time()
    made = work()
    print(f"{title:12} {time.process_time() - cpu:6.1f} s of processor, {time.monotonic() - wall:6.1f} s", flush=True)
    return made


def main(cells: int) -> None:
    """Make a pipeline of six stages a cell, forget its lock, and take the driver's steps one by one."""
    from diffrep.pipelines.running import plan as plans

    os.chdir(tempfile.mkdtemp())
    many_stages.make(datasets=1, methods=cells // 3, seeds=3).close()
    content = yaml.safe_load(Path("params.yaml").read_text())
    plans.declared = lambda params: many_stages.declared(content)
    Path("dvc.lock").unlink()
    write_list_whole()
    with parsed_once():
        plan = timed("plan", lambda: Plan(content))
        due = timed("out of date", lambda: due_of(plan, ()))
        arrays = timed("arrays", lambda: handed_over(plan, due, {}, dict.fromkeys(due, NEED), 500))
        timed("hashes kept", lambda: keep_hashes(plan, due))
        timed("print", lambda: write_scripts(arrays, Cluster()))
        made = timed("(receipts)", lambda: [receipt_of(plan, name) for name in due])
        refused = timed("record", lambda: record(plan.stages, made))
    print(f"{len(due)} stages, {len(arrays)} arrays, {len(refused)} refused")


def receipt_of(plan: Plan, name: str) -> receipts.Receipt:
    """What its task would have left."""
    said = receipts.begun(name, "run").model_copy(
        update={"state": "done", "contents": Tree().contents(plan.stages[name])}
    )
    receipts.write(said)
    return said


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 333)
