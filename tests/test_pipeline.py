"""The whole pipeline on its smallest grid, run in two fresh workspaces outside the repository.

`calm` runs to its end, two cells side by side. `stormy` runs one cell at a time, is told to stop while the base model
trains, loses all its processes while a method trains, and then runs to its end. Both must give the same numbers.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import networkx
import psutil
import pytest
import yaml
from dvc.repo import Repo
from safetensors.torch import load_file

ROOT = Path(__file__).parents[1]
ROOMS = "shapes3d_rendered"
COST = {"wall_seconds", "peak_memory_mib", "suite_commit"}  # somebody may commit between the runs
CELL_STAGES = ("train", "encode", "probe", "disentangle", "reconstruct", "counterfactual")
PATIENCE = 600  # seconds before a wait is given up
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}, "OMP_NUM_THREADS": "1"}

pytestmark = pytest.mark.xdist_group("pipeline")


def command(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def diffrep(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [command("diffrep"), *words], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def workspace(folder: Path) -> Path:
    made = diffrep(ROOT, "workspace", "--profile", "smoke", str(folder))
    assert made.returncode == 0, made.stderr
    return folder


def started(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [command("diffrep"), "repro", "--jobs", "1"],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait(happened: Callable[[], bool], process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def terminated(folder: Path) -> tuple[subprocess.Popen, str, list[psutil.Process]]:
    """A run that is told to stop while the base model trains: its process, its words, and who outlived it."""
    process = started(folder)
    wait((folder / "runs" / "partial" / ROOMS / "base" / "settings.json").exists, process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    words, _ = process.communicate(timeout=PATIENCE)
    return process, words, psutil.wait_procs(family, timeout=10)[1]


def killed(folder: Path) -> Path:
    """A run whose processes all vanish after the first checkpoint of a method; that checkpoint."""
    process = started(folder)
    place = folder / "runs" / "partial" / ROOMS / "pdae"
    wait(lambda: any(place.glob("*/last.ckpt")), process)
    root = psutil.Process(process.pid)
    family = root.children(recursive=True)
    for each in [root, *family]:
        each.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    psutil.wait_procs(family, timeout=10)
    return next(place.glob("*/last.ckpt"))


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    folder = workspace(tmp_path_factory.mktemp("calm") / "smoke")
    return SimpleNamespace(folder=folder, done=diffrep(folder, "repro", "--jobs", "2"))


@pytest.fixture(scope="session")
def stormy(tmp_path_factory):
    folder = workspace(tmp_path_factory.mktemp("stormy") / "smoke")
    process, words, survivors = terminated(folder)
    checkpoint = killed(folder)
    done = diffrep(folder, "repro", "--jobs", "1")
    log = folder / "runs" / "logs" / f"train@{ROOMS}-pdae-{checkpoint.parent.name}.log"
    return SimpleNamespace(
        folder=folder, process=process, words=words, survivors=survivors, done=done, log=log.read_text()
    )


@pytest.fixture
def copy(calm, tmp_path):
    """A copy of the finished workspace, to change."""
    assert calm.done.returncode == 0, calm.done.stdout + calm.done.stderr
    shutil.copytree(calm.folder, tmp_path / "smoke", symlinks=True)
    return tmp_path / "smoke"


def changed_params(folder: Path, change: Callable[[dict], None]) -> None:
    params = yaml.safe_load((folder / "params.yaml").read_text())
    change(params)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))


def outdated(folder: Path, monkeypatch) -> set[str]:
    """The stages that DVC would run, those behind changed ones too."""
    monkeypatch.chdir(folder)
    repo = Repo()
    graph = networkx.relabel_nodes(repo.index.graph, lambda stage: stage.addressing)
    now = set(repo.status())
    return now.union(*(networkx.ancestors(graph, name) for name in now))


def numbers(folder: Path) -> dict[str, dict]:
    files = sorted((folder / "results").rglob("*.json"))
    found = {str(file.relative_to(folder)): json.loads(file.read_text()) for file in files}
    return {name: {k: v for k, v in content.items() if k not in COST} for name, content in found.items()}


def test_it_ends_well(calm):
    assert calm.done.returncode == 0, calm.done.stdout + calm.done.stderr
    assert "20 of 20 stages ran" in calm.done.stdout


def test_every_cell_has_every_result(calm):
    cells = [(method, stage, seed) for method in ("pdae", "random") for stage in CELL_STAGES for seed in (0, 1)]
    missing = [c for c in cells if not (calm.folder / "results" / ROOMS / c[0] / c[1] / f"{c[2]}.json").exists()]
    assert missing == []


def test_base_and_oracle_have_results(calm):
    assert {"base.json", "oracle.json"} <= {path.name for path in (calm.folder / "results" / ROOMS).iterdir()}


def test_every_null_has_its_reason(calm):
    silent = {
        (name, key)
        for name, content in numbers(calm.folder).items()
        for key, value in content.items()
        if value is None and key not in content["reasons"]
    }
    assert silent == set()


@pytest.mark.parametrize("suffix", ["csv", "md", "tex"])
def test_tables_hold_both_methods(calm, suffix):
    table = (calm.folder / "reports" / "tables" / f"{ROOMS}.{suffix}").read_text()
    assert "pdae" in table
    assert "random" in table


def test_the_page_is_one_file_that_needs_no_network(calm):
    page = (calm.folder / "reports" / "index.html").read_text()
    assert "pdae" in page
    assert 'src="http' not in page
    assert 'href="http' not in page.replace('href="https://arxiv', "")


def test_figures_are_drawn(calm):
    assert list((calm.folder / "reports" / "figures").glob("*.png"))


def test_mlflow_is_filled(calm):
    assert (calm.folder / "mlflow.db").stat().st_size > 0


def test_nothing_is_left_half_done(calm):
    assert [p for p in calm.folder.rglob(".*.[0-9]*") if p.name.split(".")[2].isdigit()] == []
    assert list((calm.folder / "runs" / "partial").rglob("*.ckpt")) == []


def test_a_second_run_does_nothing_and_says_so(calm):
    again = diffrep(calm.folder, "repro", "--jobs", "2")
    assert again.returncode == 0
    assert "Everything is up to date: 20 stages checked" in again.stdout
    assert "started" not in again.stdout


def test_dvc_finds_nothing_to_do_either(calm, monkeypatch):
    assert outdated(calm.folder, monkeypatch) == set()


def test_a_frozen_base_model_stays_to_the_last_bit(calm):
    runs = calm.folder / "runs" / ROOMS
    base = load_file(runs / "base" / "unet" / "diffusion_pytorch_model.safetensors")
    for weights in ("weights", "raw"):
        trained = load_file(runs / "pdae" / "0" / f"{weights}.safetensors")
        assert all(trained[f"decoder.base.unet.{name}"].equal(value) for name, value in base.items())


def test_one_methods_setting_reruns_that_methods_cells_and_the_report_only(copy, monkeypatch):
    changed_params(copy, lambda params: params["methods"]["pdae"].update(loss_weight="lambda"))
    assert diffrep(copy, "adapters").returncode == 0
    subprocess.run([command("dvc"), "commit", "--force", "adapters"], cwd=copy, env=ENVIRONMENT, check=True)
    trained = {f"train@{ROOMS}-pdae-{seed}" for seed in (0, 1)}
    judged = {f"{stage}@{ROOMS}-pdae" for stage in CELL_STAGES[1:]}
    assert outdated(copy, monkeypatch) == {*trained, *judged, "report"}


def test_a_method_out_of_the_grid_is_out_of_the_tables(copy):
    changed_params(copy, lambda params: params["grid"].update(method=["pdae"]))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {line.split()[2] for line in done.stdout.splitlines() if " started " in line}
    assert ran <= {"adapters", f"anchors@{ROOMS}", "report"}
    table = (copy / "reports" / "tables" / f"{ROOMS}.csv").read_text()
    assert "pdae" in table
    assert "random," not in table


def test_half_of_dvcs_list_of_running_stages_is_no_obstacle(copy):
    (copy / ".dvc" / "tmp" / "rwlock").write_text("")
    again = diffrep(copy, "repro")
    assert "Everything is up to date" in again.stdout, again.stderr


def test_a_dead_process_in_that_list_is_no_obstacle(copy):
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        busy = {"write": {str(copy / "results"): {"pid": zombie.pid, "cmd": "dvc repro"}}, "read": {}}
        (copy / ".dvc" / "tmp" / "rwlock").write_text(json.dumps(busy))
        again = diffrep(copy, "repro")
    assert "Everything is up to date" in again.stdout, again.stderr


def test_a_living_process_in_that_list_is_one_line(copy):
    busy = {"write": {str(copy / "results"): {"pid": os.getpid(), "cmd": "dvc repro"}}, "read": {}}
    (copy / ".dvc" / "tmp" / "rwlock").write_text(json.dumps(busy))
    again = diffrep(copy, "repro")
    assert again.returncode == 1
    assert "is busy, it is being blocked by" in again.stderr
    assert again.stderr.count("\n") == 1


def test_a_damaged_lock_of_dvc_is_one_line(copy):
    (copy / "dvc.lock").write_text("stages: [")
    again = diffrep(copy, "repro")
    assert again.returncode == 1
    assert again.stderr.startswith("diffrep: error: ")
    assert "dvc.lock" in again.stderr
    assert again.stderr.count("\n") == 1


def test_a_failed_stage_is_one_line_that_names_it(copy):
    changed_params(copy, lambda params: params["methods"]["pdae"].update(loss_weight="heavy"))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 1
    assert done.stderr.startswith("diffrep: error: 2 of 20 stages failed, the rest is kept. train@")
    assert done.stderr.count("\n") == 1


def test_told_to_stop_it_says_so_and_takes_its_stages_along(stormy):
    assert stormy.process.returncode == 1
    assert stormy.words.splitlines()[-1] == "diffrep: interrupted; finished work is kept"
    assert stormy.survivors == []


def test_a_killed_training_goes_on_from_its_checkpoint(stormy):
    assert stormy.done.returncode == 0, stormy.done.stdout + stormy.done.stderr
    assert "going on from the last checkpoint" in stormy.log


def test_neither_jobs_nor_kills_change_a_number(calm, stormy):
    assert numbers(stormy.folder) == numbers(calm.folder)


def test_neither_jobs_nor_kills_change_a_curve(calm, stormy):
    curves = sorted(path.relative_to(calm.folder) for path in (calm.folder / "results").rglob("*.csv"))
    assert curves
    assert all((stormy.folder / path).read_text() == (calm.folder / path).read_text() for path in curves)


def test_neither_jobs_nor_kills_change_a_weight(calm, stormy):
    files = sorted(path.relative_to(calm.folder) for path in (calm.folder / "runs").rglob("*.safetensors"))
    assert files
    assert [str(f) for f in files if (stormy.folder / f).read_bytes() != (calm.folder / f).read_bytes()] == []
