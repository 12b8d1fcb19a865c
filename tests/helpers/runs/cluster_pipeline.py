"""A pipeline of two cells, three stages each, whose commands copy files; and one stage for both at the end."""

import signal
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.running import plan

CELLS = {"a": "train@a", "b": "train@b"}


def stages() -> dict:
    """code, two trainings, two encodings and the report; every command prints what it does."""
    made = {"code": command("mkdir -p runs && cp inside.py runs/code.txt", ["inside.py"], "runs/code.txt")}
    for cell in CELLS:
        made[f"train_{cell}"] = command(
            f"cat runs/code.txt {cell}.txt > {cell}.model", ["runs/code.txt", f"{cell}.txt"], f"{cell}.model"
        )
        made[f"encode_{cell}"] = command(f"cp {cell}.model {cell}.codes", [f"{cell}.model"], f"{cell}.codes")
    made["report"] = command("cat a.codes b.codes > table.txt", ["a.codes", "b.codes"], "table.txt")
    return made


def command(cmd: str, deps: list[str], out: str) -> dict:
    return {"cmd": cmd, "deps": deps, "outs": [{out: {"persist": True}}]}


def write_pipeline(made: dict) -> None:
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": made}, sort_keys=False))


@pytest.fixture
def project(tmp_path, monkeypatch, small_values):
    """Params, in a folder with the pipeline, of which nothing has run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan, "declared", lambda params: {})
    small_values["grid"]["method"] = ["random"]
    Path("inside.py").write_text("code\n")
    for cell in CELLS:
        Path(f"{cell}.txt").write_text(f"{cell}\n")
    write_pipeline(stages())
    Repo.init(no_scm=True).close()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield parsed(small_values)
    for number, handler in before.items():
        signal.signal(number, handler)
