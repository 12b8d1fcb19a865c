"""What a task asks of the cluster, and cluster.yaml, where a lab says it.

It is a file of its own because it changes no number: every stage's code reads the sections of params.yaml, so that one
more there would outdate every result, and each lab has another queue.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.sections import Amount, Count, CountFromZero
from diffrep.pipelines.core.settings_file import read_sections
from diffrep.pipelines.core.validation import FILE as PARAMS
from diffrep.pipelines.core.validation import Section, validated

FILE = Path("cluster.yaml")
OURS = ("array", "dependency", "job-name")  # options of sbatch by which tasks are found again


class Need(Section):
    """Of one task.

    gpus        on one node
    cpus        cores
    memory_gib  GiB of the node's memory
    minutes     until it is ended, and a training is queued again
    """

    gpus: CountFromZero
    cpus: Count
    memory_gib: Amount
    minutes: Count


class Asked(Section):
    """What a person asks for; what they do not is estimated."""

    gpus: CountFromZero | None = None
    cpus: Count | None = None
    memory_gib: Amount | None = None
    minutes: Count | None = None

    def given(self) -> dict[str, int | float]:
        """The keys that have a value."""
        return self.model_dump(exclude_none=True)


class Cluster(Section):
    """The file cluster.yaml; all of it may be left out.

    partition, account, qos  sbatch's options of these names
    at_a_time                tasks of one array that run side by side
    timeouts                 how often a training goes on after its minutes were over
    setup                    lines of shell before each task, such as module load cuda
    sbatch                   any other options of sbatch; true for one that has no value
    gpu                      by whose speed trainings are estimated that never ran, as diffrep dry-run has it
    stages                   {stage: what its tasks ask for}
    methods                  {method: {stage: what its tasks ask for}}, before what `stages` says
    """

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    at_a_time: Count = 1000
    timeouts: CountFromZero = 20
    setup: tuple[str, ...] = ()
    sbatch: dict[str, str | int | bool] = Field(default={})
    gpu: str = "a100"
    stages: dict[str, Asked] = Field(default={})
    methods: dict[str, dict[str, Asked]] = Field(default={})

    def asked(self, stage: str, method: str | None) -> dict[str, int | float]:
        """What the file says of a stage's tasks, at a method where it has one."""
        own = self.methods.get(method or "", {}).get(stage, Asked())
        return self.stages.get(stage, Asked()).given() | own.given()


def read_cluster(stages: tuple[str, ...], methods: tuple[str, ...]) -> Cluster:
    """cluster.yaml of the working directory; UserError for what does not belong in it, or names what there is not."""
    if not FILE.exists():
        return Cluster()
    try:
        found = validated(Cluster, read_sections(FILE))
    except UserError as error:
        raise UserError(str(error).replace(PARAMS, str(FILE))) from error
    expect_known("stages", found.stages, stages)
    expect_known("methods", found.methods, methods)
    expect_free(found.sbatch)
    for method, asked in found.methods.items():
        expect_known(f"methods.{method}", asked, stages)
    return found


def expect_known(key: str, names: Iterable[str], known: tuple[str, ...]) -> None:
    """Raise UserError for a name that the pipeline does not have."""
    for name in names:
        if name not in known:
            raise UserError(f"{FILE}: unknown key {brief(name)} below {key}: {hint(name, known)}")


def expect_free(options: Mapping[str, str | int | bool]) -> None:
    """Raise UserError for an option of sbatch that is not for a lab to choose, or is none."""
    for name, value in options.items():
        if name.replace("_", "-") in OURS:
            raise UserError(f"{FILE}: sbatch.{name} is what tasks are found by: leave it out")
        if value is False:
            raise UserError(f"{FILE}: sbatch.{name} is false: leave it out")
