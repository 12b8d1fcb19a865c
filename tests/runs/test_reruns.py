"""A finished pipeline runs again what a change touches and nothing else; what stops it is one line."""

import shutil
import subprocess
from pathlib import Path

import networkx
import pytest
from dvc.repo import Repo
from smoke_runs import (
    CELL_STAGES,
    ENVIRONMENT,
    PATIENCE,
    ROOMS,
    bases_in_training,
    changed_params,
    command,
    diffrep,
    started,
    wait,
)

from diffrep.pipelines.core.params import load
from diffrep.pipelines.running.plan import Plan

pytestmark = pytest.mark.long
BY_SIZE = {f"drawn_anchors@{ROOMS}-{seed}" for seed in (0, 1)}  # stand behind code_size, of which they need one number


def outdated(folder: Path, monkeypatch) -> set[str]:
    """The stages that would run, those behind changed ones too."""
    monkeypatch.chdir(folder)
    plan, due = Plan(load()), set()
    for name in plan.names:
        if plan.reason(name) or plan.needs[name] & due:
            due.add(name)
    return due


def ran(words: str) -> set[str]:
    """The stages that a run says it has started."""
    return {line.split()[2].rstrip(":") for line in words.splitlines() if " started " in line}


def hashed(folder: Path) -> None:
    """Bring the hashes of the code up to date, by the code in the folder itself where it has links to it."""
    done = subprocess.run(
        [command("dvc"), "repro", "-f", "-s", "code"],
        cwd=folder,
        env=own_code(folder),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def own_code(folder: Path) -> dict[str, str]:
    """The environment in which the code of a workspace runs, where it has links to it, in place of any other."""
    links = folder / "tests" / "links"
    return ENVIRONMENT | ({"PYTHONPATH": str(links)} if links.exists() else {})


@pytest.fixture
def editable(copy):
    """A copy of the finished workspace that runs its own code."""
    links = copy / "tests" / "links" / "diffrep"
    links.mkdir(parents=True, exist_ok=True)
    for name in ("datasets", "methods", "metrics", "pipelines", "reports"):
        (links / name).symlink_to(copy / name)
    (links / "__init__.py").symlink_to(copy / "pipelines" / "root" / "__init__.py")
    return copy


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def of_cells(*stages: str, methods=("pdae", "random"), seeds=(0, 1)) -> set[str]:
    return {f"{stage}@{ROOMS}-{method}-{seed}" for stage in stages for method in methods for seed in seeds}


def test_a_second_run_does_nothing_and_says_so(calm):
    again = diffrep(calm.folder, "repro", "--jobs", "2")
    assert again.returncode == 0
    assert "Everything is up to date: 46 stages checked" in again.stdout
    assert "started" not in again.stdout


def test_dvc_finds_nothing_to_do_either(calm, monkeypatch):
    monkeypatch.chdir(calm.folder)
    assert Repo().status() == {}


def test_what_is_due_is_what_dvc_would_run(copy, monkeypatch):
    changed_params(copy, lambda params: params["evaluate"]["probe"].update(steps=7))
    due = outdated(copy, monkeypatch)
    repo = Repo()
    graph = networkx.relabel_nodes(repo.index.graph, lambda stage: stage.addressing)
    now = set(repo.status())
    assert of_cells("probe") <= due == now.union(*(networkx.ancestors(graph, name) for name in now))


def test_a_stage_that_is_repeated_changes_no_file(copy, monkeypatch):
    lock, cell = (copy / "dvc.lock").read_bytes(), copy / "results" / ROOMS / "pdae" / "0"
    before = {path: path.read_bytes() for path in cell.rglob("*") if path.is_file()}
    words = [command("dvc"), "repro", "-f", "-s", f"reconstruct@{ROOMS}-pdae-0"]
    subprocess.run(words, cwd=copy, env=ENVIRONMENT, check=True, capture_output=True)
    assert {path: path.read_bytes() for path in cell.rglob("*") if path.is_file()} == before
    assert (copy / "dvc.lock").read_bytes() == lock


@pytest.mark.parametrize(
    "change", [{"code_scale": 2.0}, {"training": {"flip": True}}], ids=["of its own", "of training"]
)
def test_one_methods_setting_reruns_that_methods_cells_and_the_report_only(copy, monkeypatch, change):
    changed_params(copy, lambda params: params["methods"]["pdae"].update(change))
    hashed(copy)
    cells = of_cells(*CELL_STAGES, methods=["pdae"])
    assert outdated(copy, monkeypatch) - BY_SIZE == {
        *cells,
        f"code_size@{ROOMS}",  # reads what codes are; noise anchors depend on the one number that it writes
        "report",
    }


def test_readers_of_codes_that_change_outdate_every_stage_that_reads_them(editable, monkeypatch):
    """Signs in place of codes: the case in which the tables stayed as they were."""
    edit(
        editable / "pipelines" / "trained" / "codes.py",
        "zip(SPLITS, found.values(), strict=True)",
        "zip(SPLITS, map(np.sign, found.values()), strict=True)",
    )
    hashed(editable)
    readers = of_cells("probe", "disentangle", "reconstruct", "counterfactual")
    assert readers <= outdated(editable, monkeypatch)


def test_a_writer_of_results_that_rounds_outdates_every_stage_that_writes_one(editable, monkeypatch):
    edit(
        editable / "pipelines" / "core" / "files.py",
        "        value = value.item()",
        "        value = round(value.item(), 2)",
    )
    hashed(editable)
    shared = {f"{stage}@{ROOMS}" for stage in ("oracle", "references", "anchors")}
    repeated = {f"{stage}@{ROOMS}-{seed}" for stage in ("base", "attribute_loss") for seed in (0, 1)}
    assert of_cells(*CELL_STAGES) | shared | repeated <= outdated(editable, monkeypatch)


def test_a_comment_outdates_nothing(editable, monkeypatch):
    for file in ("training/fit.py", "core/results.py", "stages/probe.py"):
        path = editable / "pipelines" / file
        path.write_text(path.read_text() + "# a comment\n")
    hashed(editable)
    assert outdated(editable, monkeypatch) == set()


def test_another_table_of_the_reference_run_outdates_the_report_that_shows_it(copy, monkeypatch):
    tables = copy / "reports" / "reference" / "rooms" / "reports" / "tables"
    tables.mkdir(parents=True)
    (tables / f"{ROOMS}.csv").write_text("method,n_seeds,steps_mean\npdae,5,5000\n")
    hashed(copy)
    assert outdated(copy, monkeypatch) == {"report"}


def test_a_setting_that_changes_while_its_stage_runs_is_not_recorded(copy, monkeypatch):
    changed_params(copy, lambda params: params["grid"].update(method=["random"], seed=[0]))
    changed_params(copy, lambda params: params["budgets"][ROOMS].update(base=80))
    process = started(copy)
    wait(lambda: any(bases_in_training(copy)), process)
    name = f"base@{ROOMS}-{next(bases_in_training(copy)).parent.name}"
    changed_params(copy, lambda params: params["base"]["training"].update(learning_rate=0.5))
    words, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"params.yaml: base changed while {name} ran; run again" in words
    assert name in outdated(copy, monkeypatch)


def of_a_seed(seed: int) -> set[str]:
    """The stages that a new seed of the control adds."""
    own = {f"{stage}@{ROOMS}-{seed}" for stage in ("base", "attribute_loss", "drawn_anchors")}
    return own | of_cells(*CELL_STAGES, methods=["random"], seeds=[seed])


def test_a_new_seed_outdates_no_other(copy, monkeypatch):
    changed_params(copy, lambda params: params["grid"].update(method=["random"], seed=[0, 1, 2]))
    hashed(copy)
    assert outdated(copy, monkeypatch) - BY_SIZE == of_a_seed(2) | {f"code_size@{ROOMS}", "report"}


def test_one_seed_runs_alone_and_the_report_says_which_are_not_run(copy):
    changed_params(copy, lambda params: params["grid"].update(method=["random"], seed=[0, 1, 2, 3]))
    done = diffrep(copy, "repro", "--jobs", "2", "--seed", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ran(done.stdout) == of_a_seed(3) | {"code", f"code_size@{ROOMS}", "report"}
    assert "warning  report: seed 2 is not run yet" in done.stdout


def test_a_method_out_of_the_grid_is_out_of_the_tables_and_of_the_lock(copy):
    changed_params(copy, lambda params: params["grid"].update(method=["pdae"]))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ran(done.stdout) <= {"code", f"code_size@{ROOMS}", "report"}
    table = (copy / "reports" / "tables" / f"{ROOMS}.csv").read_text()
    assert "pdae" in table
    assert "random," not in table
    assert "-random-" not in (copy / "dvc.lock").read_text()


def test_a_failed_stage_is_one_line_that_names_it_and_leaves_what_was_there(copy):
    kept = [copy / "runs" / ROOMS / "pdae" / "0", copy / "results" / ROOMS / "pdae" / "0" / "train"]
    before = {file: file.read_bytes() for folder in kept for file in folder.iterdir()}
    changed_params(copy, lambda params: params["budgets"][ROOMS].update(method=10**6))
    changed_params(copy, lambda params: params["train"].update(learning_rate=1.0))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 1
    assert done.stderr.startswith("diffrep: error: 2 of 46 stages failed, the rest is kept. train@")
    assert done.stderr.count("\n") == 1
    assert {file: file.read_bytes() for folder in kept for file in folder.iterdir()} == before


def test_in_a_clone_an_edit_of_an_adapter_outdates_its_cells_alone(editable, monkeypatch):
    for gone in ("runs", "data"):
        shutil.rmtree(editable / gone)
    edit(editable / "methods" / "random.py", "self.encoder(images)", "self.encoder(images) + 0")
    hashed(editable)
    monkeypatch.chdir(editable)
    plan = Plan(load(), allow_missing=True)
    due = {name for name in plan.names if plan.reason(name)}
    assert due == set(of_cells("train", "encode", "reconstruct", "partway", "counterfactual", methods=["random"]))
    needed = {f"prepare@{ROOMS}", f"base@{ROOMS}-0", f"autoencoder@{ROOMS}"}
    assert set(plan.lacking(f"train@{ROOMS}-random-0")) == needed
