"""A made-up pipeline of the real one's shape, of any size: six stages a cell, whose commands do nothing, all run."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from dvc.repo import Repo

from diffrep.pipelines.core.params import params_hash
from diffrep.pipelines.core.paths import Cell, cost_file, result_file
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.lockfile import LockByEntry

CELL = "${item.dataset}/${item.method}/${item.seed}"
DATA, BASE, ORACLE = "data/${item.dataset}", "runs/${item.dataset}/base", "runs/${item.dataset}/oracle"
WEIGHTS, CODES = f"runs/{CELL}", "runs/${item.dataset}/codes/${item.method}/${item.seed}.npz"
SHARED = {"dataset": "${grid.dataset}"}
GRID = {**SHARED, "method": "${grid.method}", "seed": "${grid.seed}"}
READS = {
    "train": [DATA, BASE],
    "encode": [DATA, BASE, WEIGHTS],
    "probe": [DATA, CODES],
    "disentangle": [DATA, CODES],
    "reconstruct": [DATA, BASE, WEIGHTS, CODES],
    "counterfactual": [DATA, BASE, ORACLE, WEIGHTS, CODES],
}
KEPT = {"persist": True}  # a command that does nothing leaves the files that are there
WRITES = {"train": WEIGHTS, "encode": CODES}
SECONDS = 2.0  # of every stage of a cell, as its cost file has it
METHOD = {
    "code_dim": 64,
    "learning_rate": 1e-3,
    "encoder": {"channels": [32, 64], "attention": None, "blocks": 2, "heads": 4},
    "decoder": {"channels": [32, 64], "dropout": 0.1, "blocks": 2},
    "schedule": {"kind": "linear", "steps": 1000, "start": 1e-4, "end": 2e-2},
}


def params(datasets: int, methods: int, seeds: int) -> dict:
    """A params.yaml whose methods have sections as long as real ones."""
    names, rows = ([f"{word}{i}" for i in range(count)] for word, count in (("data", datasets), ("method", methods)))
    return {
        "grid": {"dataset": names, "method": rows, "seed": list(range(seeds))},
        "train": {"steps": 10, "learning_rate": 1e-4},
        "evaluate": {"preset": "quick", "seed": 0, **{stage: {"images": 4} for stage in READS}},
        "datasets": {name: {"size": 32, "train": 100} for name in names},
        "methods": {row: METHOD for row in rows},
    }


def shared_stage(name: str, reads: list[str], writes: str) -> dict:
    return {
        "matrix": SHARED,
        "cmd": f"true {name} ${{item.dataset}}",
        "params": ["datasets.${item.dataset}"],
        "deps": reads,
        "outs": [{writes: KEPT}],
    }


def cell_stage(name: str) -> dict:
    """A folder of arrays, another of results, which would be in git, and what later stages read."""
    outs = [{f"arrays/{CELL}/{name}": KEPT}, {f"results/{CELL}/{name}": KEPT | {"cache": False}}]
    return {
        "matrix": GRID,
        "cmd": f"true {name} --dataset ${{item.dataset}} --method ${{item.method}} --seed ${{item.seed}}",
        "params": ["evaluate.preset", f"evaluate.{name}", "methods.${item.method}"],
        "deps": [*READS[name], "code/${item.method}.json"],
        "outs": [*outs, *([{WRITES[name]: KEPT}] if name in WRITES else [])],
    }


def pipeline() -> dict:
    """The content of dvc.yaml."""
    return {
        "stages": {
            "prepare": shared_stage("prepare", [], DATA),
            "base": shared_stage("base", [DATA], BASE),
            "oracle": shared_stage("oracle", [DATA], ORACLE),
            **{name: cell_stage(name) for name in READS},
            "report": {"cmd": "true report", "params": ["grid"], "deps": ["results"], "outs": [{"reports.html": KEPT}]},
        }
    }


def declared(content: Any) -> dict[str, tuple[Stage, Cell]]:
    """{what DVC calls it: a stage and its place}, for the stages of every cell of a params.yaml with this content."""
    cells = [Cell(*axes) for axes in product(*content["grid"].values())]
    return {stage.addressing(cell): (stage, cell) for stage in map(cell_declaration, READS) for cell in cells}


def cell_declaration(name: str) -> Stage:
    """A stage of cells that does nothing, with the params and the results that `cell_stage` gives it."""

    def run(params: Any, cell: Cell) -> None: ...

    run.__name__ = name
    keys = ("evaluate.preset", f"evaluate.{name}", "methods.{method}")
    return Stage(run, Cell, params=keys, results=lambda cell: (cell.results(name),))


def record(content: Any) -> None:
    """Results of every cell's stages as this content of a params.yaml makes them: as many numbers as real ones have."""
    numbers = {f"number_{i}": i / 7 for i in range(100)}
    for stage, cell in declared(content).values():
        (folder,) = stage.results(cell)
        result = {"stage": stage.name, "params_hash": params_hash(stage, cell, content), **numbers}
        result_file(folder).write_text(json.dumps(result, indent=1))
        cost_file(folder).write_text(json.dumps({"wall_seconds": SECONDS, "peak_memory_mib": 400}))


def make(datasets: int, methods: int, seeds: int) -> Repo:
    """The pipeline in the working directory, every stage up to date."""
    content = params(datasets, methods, seeds)
    Path("params.yaml").write_text(yaml.dump(content, Dumper=Plain, sort_keys=False))
    Path("dvc.yaml").write_text(yaml.safe_dump(pipeline(), sort_keys=False))
    for method in content["grid"]["method"]:
        fill(f"code/{method}.json")
    Repo.init(no_scm=True).close()
    with Path(".dvc", "config").open("a") as config:
        config.write("    analytics = false\n    check_update = false\n")
    repo = Repo()
    stages = list(repo.index.stages)
    for stage in stages:
        for out in stage.outs:
            fill(out.def_path)
    record(content)
    with repo.lock:
        for stage in stages:
            stage.save(run_cache=False)
            stage.commit()
        LockByEntry(repo, str(Path("dvc.lock").resolve())).dump_stages(stages)
    repo.close()
    return Repo()


class Plain(yaml.SafeDumper):
    """YAML without anchors, each section written out as in a real params.yaml."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def fill(name: str) -> None:
    """A small file of this name, or a folder of three."""
    path = Path(name)
    files = [path] if path.suffix else [path / part for part in ("result.json", "cost.json", "more.csv")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(file))
