"""Arrays of tasks: which stages one array runs, what it asks for, and for which arrays it waits."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.validation import Section, validated
from diffrep.pipelines.running.cluster.contents import Contents
from diffrep.pipelines.running.cluster.folders import ARRAYS, array_file
from diffrep.pipelines.running.cluster.needs import Need

MOST = 500  # tasks of one array, where the cluster takes so many
Waits = Literal["aftercorr", "afterany"]  # SLURM's words: task by task where it ended well; all of them, however


class Job(Section):
    """What a task must know of its stage.

    needs   stages of tasks, which must have ended well
    locked  what dvc.lock has of it; None where the stage is not in it as it is now
    forced  whether it runs though nothing of this has changed
    """

    name: str
    command: str
    deps: tuple[str, ...]
    params: tuple[str, ...]
    outs: tuple[str, ...]
    needs: tuple[str, ...] = ()
    locked: Contents | None = None
    forced: bool = False

    @property
    def stage(self) -> str:
        """The stage without its place: train of train@squares-pdae-0."""
        return self.name.partition("@")[0]

    @property
    def place(self) -> str:
        """The place without its stage; empty where there is one for the whole."""
        return self.name.partition("@")[2]


class Array(Section):
    """Tasks that ask for the same.

    uid      by which the queue and the files know it
    after    {uid of an array: how this one waits for it}
    resumes  whether a task that is out of time goes on later
    """

    uid: str
    need: Need
    jobs: tuple[Job, ...]
    after: dict[str, Waits] = Field(default={})
    resumes: bool = False

    def write(self) -> None:
        """Put it where its tasks find it."""
        write_json(array_file(self.uid), self.model_dump())


def read_array(uid: str) -> Array:
    """What `write` has written; UserError where it is not there or damaged."""
    path = array_file(uid)
    try:
        return validated(Array, read_json(path))
    except UserError as error:
        raise UserError(f"{path}: no array of tasks: {error}") from error


def arrays_of(
    jobs: Iterable[Job],
    needs: Mapping[str, Need],
    resuming: frozenset[str],
    prefix: str,
    most: int,
    queued: Iterable[Array] = (),
) -> list[Array]:
    """The arrays of these jobs, each behind those that it waits for.

    needs     {stage: what its task asks for}
    resuming  names of stages, without places, that go on from where they were
    prefix    how uids begin
    most      tasks of one array
    queued    arrays of before, whose tasks these may need

    A stage's tasks that ask for the same are one array. Cells that ask for the same at every stage are kept together,
    in one order, so that each task can wait for its own cell's alone.
    """
    listed = sorted(jobs, key=lambda job: job.place)
    groups, before, made = groups_of(listed, needs), list(queued), list[Array]()
    for stage in in_order(listed):
        for group in [group for (name, _), group in groups.items() if name == stage]:
            for start in range(0, len(group), most):
                part = tuple(group[start : start + most])
                uid = f"{prefix}-{len(made):03d}-{stage}"
                after = ends_of(waits(part, before)) | waits(part, made)
                made.append(Array(uid=uid, need=needs[part[0].name], jobs=part, after=after, resumes=stage in resuming))
    return made


def groups_of(jobs: list[Job], needs: Mapping[str, Need]) -> dict[tuple[str, str], list[Job]]:
    """{(stage, what its place asks for at every stage): jobs}."""
    asked: dict[str, list[str]] = {}
    for job in jobs:
        asked.setdefault(job.place, []).append(f"{job.stage}: {needs[job.name]}")
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.stage, "; ".join(sorted(asked[job.place]))), []).append(job)
    return groups


def in_order(jobs: Iterable[Job]) -> list[str]:
    """The names of their stages, without places, each behind those that it needs."""
    import networkx  # which no task needs

    graph = networkx.DiGraph()
    for job in jobs:
        graph.add_node(job.stage)
        graph.add_edges_from((need.partition("@")[0], job.stage) for need in job.needs)
    return list(networkx.lexicographical_topological_sort(graph))


def waits(jobs: tuple[Job, ...], earlier: Iterable[Array]) -> dict[str, Waits]:
    """{uid: how an array of these jobs waits for it}, for those of the earlier arrays that it needs."""
    found: dict[str, Waits] = {}
    for array in earlier:
        names = [job.name for job in array.jobs]
        needed = [set(job.needs) & set(names) for job in jobs]
        if any(needed):
            parallel = len(jobs) > 1 and needed == [{name} for name in names]
            found[array.uid] = "aftercorr" if parallel else "afterany"
    return found


def ends_of(after: Mapping[str, Waits]) -> dict[str, Waits]:
    """To wait for the ends of these arrays: of one that was queued earlier SLURM may have forgotten some tasks."""
    return {uid: "afterany" for uid in after}


def known_arrays() -> dict[str, Array]:
    """{uid: array} of all whose files are here: handed over, or printed."""
    return {path.stem: read_array(path.stem) for path in sorted(ARRAYS.glob("[!.]*.json"))}
