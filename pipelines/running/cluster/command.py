"""`diffrep task`: what a script of the cluster runs on a node."""

import click


@click.command()
@click.argument("array")
@click.argument("index", type=click.IntRange(0))
def task(array: str, index: int) -> None:
    """Run one task of a cluster: stage INDEX of the file ARRAY, by its command in dvc.yaml.

    It is what the scripts of diffrep repro --engine slurm --print do on a node. DVC is not asked, so that any number
    may run at once on a shared file system; the receipt that a task leaves is recorded by the next diffrep repro, if
    the tree is still what it says. A task with nothing to do ends at once, one whose needs have failed too.

    \b
    diffrep task diffrep-5a3c91-004-train 7

    \b
    reads   runs/logs/cluster/arrays/ARRAY.json, and what the stage reads
    writes  what the stage writes, its log in runs/logs, its receipt in runs/logs/cluster/receipts
    """
    from diffrep.pipelines.running.cluster.task import Task

    Task(array, index)()
