"""The plan of a run: the stages of dvc.yaml, what each waits for, which are out of date, and how long they take."""

import copy
from collections.abc import Collection
from pathlib import Path

import networkx
from dvc.repo import Repo
from dvc.stage import Stage as DvcStage

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.eta import Expected, recorded
from diffrep.pipelines.running.freshness import (
    FILES,
    OUTSIDE,
    changed,
    comes_from_outside,
    files_changed,
    otherwise_made,
)
from diffrep.pipelines.running.lockfile import expect_readable, keep_entries
from diffrep.pipelines.running.missing import changed_but_missing, lacking, may_be_missing
from diffrep.pipelines.running.waiting import held
from diffrep.pipelines.study import places

CHANGED = "changed"  # by what DVC itself compares
MISSING = "missing here, and read by what runs"
FIRST, LAST = "code", "report"


class Plan:
    """What there is to run, and in which order it can.

    names          of all stages that may run, each behind those that it needs
    needs          {stage: the stages whose outputs it reads}
    gone           stages that dvc.lock had entries of, now dropped, and dvc.yaml no longer has
    allow_missing  whether a stage is up to date whose outputs are missing here, as in a clone
    seeds          those that may run, with all that has no seed; without any, all
    """

    def __init__(self, params: Params, *, allow_missing: bool = False, seeds: Collection[int] = ()) -> None:
        expect_readable(Path("dvc.lock"))
        repo = Repo(_wait_for_lock=True)  # a stage of another run may hold the lock while it records large outputs
        expect_here(Path(repo.root_dir))
        graph = repo.index.graph
        self.params, self.declared, self.allow_missing = params, declared(params), allow_missing
        self.stages: dict[str, DvcStage] = {stage.addressing: stage for stage in graph}
        left = {name for name, (_, place) in self.declared.items() if not is_of(place, seeds)}
        order = [stage for stage in reversed(list(networkx.topological_sort(graph))) if stage.addressing not in left]
        self.needs = {s.addressing: {d.addressing for d in graph.successors(s)} - left for s in order}
        self.names = [stage.addressing for stage in order]
        with held(repo.lock):
            expect_stages(self.stages, Path(repo.root_dir, "dvc.yaml"))
            self.gone = keep_entries(Path(repo.root_dir, "dvc.lock"), self.stages)

    def only(self, name: str) -> "Plan":
        """This plan with one stage alone, which waits for nothing."""
        part = copy.copy(self)
        part.names, part.needs = [name], {name: set()}
        return part

    def reason(self, name: str) -> str:
        """Why a stage must run: CHANGED, or what DVC cannot see and must be forced for; empty where it need not."""
        if name == "code" and comes_from_outside(self.params):
            return OUTSIDE
        if self.out_of_date(name):
            return CHANGED
        if name == "code" and files_changed(self.params):
            return FILES
        return self.otherwise_made(name)

    def out_of_date(self, name: str) -> bool:
        """Whether a stage differs from what dvc.lock has of it, other than by files that may be missing."""
        if not self.can_be_left(name):
            return changed(self.stages[name])
        stage, place = self.declared[name]
        return bool(stage.results(place)) and changed_but_missing(self.stages[name])  # without: made where it is read

    def can_be_left(self, name: str) -> bool:
        """Whether what is missing of a stage may stay so; never the hashes of code, by which all others are judged."""
        if not self.allow_missing or name not in self.declared or name in (FIRST, LAST):
            return False
        return may_be_missing(*self.declared[name])

    def lacking(self, name: str) -> list[str]:
        """The stages whose outputs are missing here, and read by a stage that runs; the report shows what there is."""
        if not self.allow_missing or name == LAST:
            return []
        return lacking(self.stages[name], [self.stages[need] for need in self.needs[name]])

    def on_device(self, name: str) -> bool:
        """Whether a stage works on machine.device."""
        return name in self.declared and self.declared[name][0].on_device

    def otherwise_made(self, name: str) -> str:
        """What is wrong with a result of the stage that other settings have made; empty where none is."""
        return otherwise_made(*self.declared[name], self.params) if name in self.declared else ""

    def expected(self) -> Expected:
        """The time that every stage will take."""
        known = {name: recorded(*self.declared[name]) if name in self.declared else None for name in self.names}
        return Expected(known, self.needs)


def is_of(place: Place, seeds: Collection[int]) -> bool:
    """Whether a place has one of these seeds, or none of its own."""
    return not seeds or getattr(place, "seed", None) in (None, *seeds)


def expect_here(root: Path) -> None:
    """Raise UserError where the pipeline that DVC found is that of a folder above this one."""
    if root.resolve() != Path.cwd():
        raise UserError(
            f"{Path.cwd()} has no pipeline of its own, that of {root} is another: bring it one with diffrep workspace"
        )


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
