"""What a task asks for in the words of sbatch, for submitit and for the scripts to adapt alike."""

from diffrep.pipelines.running.cluster.jobs import Array
from diffrep.pipelines.running.cluster.needs import Cluster


def sbatch_options(array: Array, cluster: Cluster) -> dict[str, str | int]:
    """{option of sbatch, its words joined by _: value}, but for what `sbatch` of cluster.yaml adds."""
    need = array.need
    asked: dict[str, str | int | None] = {
        "job_name": array.uid,
        "time": need.minutes,
        "mem": f"{round(need.memory_gib * 1024)}M",
        "nodes": 1,
        "ntasks_per_node": 1,
        "cpus_per_task": need.cpus,
        "gpus_per_node": need.gpus or None,
        "partition": cluster.partition,
        "account": cluster.account,
        "qos": cluster.qos,
    }
    return {name: value for name, value in asked.items() if value is not None}
