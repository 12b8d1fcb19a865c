"""The plan of a run: the stages of dvc.yaml, what each waits for, which are out of date, and how long they take."""

from pathlib import Path

import networkx
from dvc.repo import Repo
from dvc.stage import Stage as DvcStage

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.eta import UNKNOWN_SECONDS, Expected, recorded
from diffrep.pipelines.running.freshness import (
    FILES,
    OUTSIDE,
    changed,
    comes_from_outside,
    files_changed,
    otherwise_made,
)
from diffrep.pipelines.running.lockfile import expect_readable, keep_entries
from diffrep.pipelines.running.waiting import held
from diffrep.pipelines.study import places

CHANGED = "changed"  # by what DVC itself compares


class Plan:
    """What there is to run, and in which order it can.

    names   of all stages, each behind those that it needs
    needs   {stage: the stages whose outputs it reads}
    gone    stages that dvc.lock had entries of, now dropped, and dvc.yaml no longer has
    """

    def __init__(self, params: Params) -> None:
        expect_readable(Path("dvc.lock"))
        repo = Repo(_wait_for_lock=True)  # a stage of another run may hold the lock while it records large outputs
        graph = repo.index.graph
        self.params, self.declared = params, declared(params)
        self.stages: dict[str, DvcStage] = {stage.addressing: stage for stage in graph}
        self.needs = {s.addressing: {d.addressing for d in graph.successors(s)} for s in graph}
        self.names = [stage.addressing for stage in reversed(list(networkx.topological_sort(graph)))]
        with held(repo.lock):
            expect_stages(self.stages, Path(repo.root_dir, "dvc.yaml"))
            self.gone = keep_entries(Path(repo.root_dir, "dvc.lock"), self.stages)

    def reason(self, name: str) -> str:
        """Why a stage must run: CHANGED, or what DVC cannot see and must be forced for; empty where it need not."""
        if name == "code" and comes_from_outside(self.params):
            return OUTSIDE
        if changed(self.stages[name]):
            return CHANGED
        if name == "code" and files_changed(self.params):
            return FILES
        return self.otherwise_made(name)

    def on_device(self, name: str) -> bool:
        """Whether a stage works on machine.device."""
        return name in self.declared and self.declared[name][0].on_device

    def otherwise_made(self, name: str) -> str:
        """What is wrong with a result of the stage that other settings have made; empty where none is."""
        return otherwise_made(*self.declared[name], self.params) if name in self.declared else ""

    def expected(self) -> Expected:
        """The time that every stage will take."""
        known = {
            name: recorded(*self.declared[name]) if name in self.declared else UNKNOWN_SECONDS for name in self.names
        }
        return Expected(known, self.needs)


def expect_stages(found: dict[str, DvcStage], file: Path) -> None:
    """Raise UserError where dvc.yaml is gone or names no stage: nothing to do is no success then."""
    if not found:
        raise UserError(f"no stage in {file}: get it back with git checkout dvc.yaml")


def declared(params: Params) -> dict[str, tuple[Stage, Place]]:
    """{what DVC calls it: the stage and its place}, for every stage at every place of the grid."""
    found: dict[str, tuple[Stage, Place]] = {}
    for stage in map(stages.load, stages.STAGES):
        for place in places(stage, params.grid):
            found[stage.addressing(place)] = (stage, place)
    return found
