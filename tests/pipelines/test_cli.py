"""The command line: stages and tools by name, a cell that is not in the grid, a device that is not there."""

import subprocess
import sys

import pytest
import torch
import yaml
from click.testing import CliRunner

from diffrep.pipelines import command
from diffrep.pipelines.cli import cli
from diffrep.pipelines.cli import run as main
from diffrep.pipelines.command import set_tf32
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.stages import STAGES, load

ROOMS = "shapes3d_rendered"
VALUES = {"dataset": ROOMS, "method": "random", "seed": "0"}
ON_DEVICE = [name for name in STAGES if load(name).on_device]
TOOLS = (
    *(
        "compare",
        "contract",
        "datasets",
        "dry-run",
        "dvc-yaml",
        "import-weights",
        "logs",
        "power",
        "repro",
        "score",
        "sync",
        "task",
        "ui",
    ),
    "workspace",
)
HEAVY = ("torch", "numpy", "diffusers", "lightning", "sklearn", "mlflow", "dvc")


def told(monkeypatch, *words: str) -> str:
    """How the command `diffrep words` ends."""
    monkeypatch.setattr(sys, "argv", ["diffrep", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    return str(caught.value)


def words(name: str, **other: str) -> list[str]:
    """The command of a stage at one place."""
    return [name, *(word for axis in load(name).axes for word in (f"--{axis}", (VALUES | other)[axis]))]


@pytest.fixture
def folder(tmp_path, monkeypatch, small_values):
    """A folder with a params.yaml and nothing else."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_values))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"dataset": "shapes3d"}, f"no dataset 'shapes3d' in grid.dataset of params.yaml: did you mean '{ROOMS}'?"),
        ({"method": "pdea"}, "no method 'pdea' in grid.method of params.yaml: did you mean 'pdae'?"),
        ({"method": "nope"}, "no method 'nope' in grid.method of params.yaml: there are pdae, random"),
        ({"seed": "7"}, "no seed '7' in grid.seed of params.yaml: there are 0, 1"),
    ],
)
def test_a_cell_that_is_not_in_the_grid_is_one_line(folder, monkeypatch, other, line):
    assert told(monkeypatch, *words("train", **other)) == f"diffrep: error: {line}"


@pytest.mark.parametrize("name", [name for name in STAGES if "dataset" in load(name).axes])
def test_every_stage_looks_its_place_up(folder, monkeypatch, name):
    assert "no dataset 'nope' in grid.dataset" in told(monkeypatch, *words(name, dataset="nope"))


@pytest.mark.parametrize("name", ON_DEVICE)
def test_a_device_that_is_not_there_is_one_line(folder, monkeypatch, small_values, name):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    small_values["machine"]["device"] = "gpu"
    (folder / "params.yaml").write_text(yaml.safe_dump(small_values))
    line = "params.yaml: machine.device is 'gpu', but torch finds no such device here: set it to cpu"
    assert told(monkeypatch, *words(name)) == f"diffrep: error: {line}"


@pytest.mark.parametrize("name", ["a/b", "..", " x", "a b", "a@b", "-x"])
def test_a_name_that_is_no_folder_and_no_word_is_one_line(folder, monkeypatch, small_values, name):
    small_values["grid"]["method"] = [name]
    small_values["methods"][name] = small_values["methods"]["random"] | {"adapter": "random"}
    (folder / "params.yaml").write_text(yaml.safe_dump(small_values))
    assert told(monkeypatch, "code").startswith(
        f"diffrep: error: params.yaml: grid.method[0] is {name!r}, which must be of at most 64 letters"
    )


@pytest.mark.parametrize("name", [name for name in STAGES if name not in (*ON_DEVICE, "code")])
def test_a_stage_that_needs_no_device_asks_for_none(folder, monkeypatch, small_values, name):
    small_values["machine"] |= {"device": "gpu", "devices": 999}
    (folder / "params.yaml").write_text(yaml.safe_dump(small_values))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: pytest.fail("asks for a GPU"))
    assert "machine.device" not in told(monkeypatch, *words(name))


def test_a_stage_whose_code_was_not_hashed_says_what_to_run(folder, monkeypatch):
    assert told(monkeypatch, *words("probe")) == (
        "diffrep: error: runs/code/stages/probe.json is missing: run the stage that writes it (diffrep repro)"
    )


def test_help_lists_every_stage_and_every_tool():
    output = CliRunner().invoke(cli, ["--help"]).output
    listed = {line.split()[0] for line in output.partition("Commands:")[2].splitlines() if line.strip()}
    assert listed >= {*STAGES, *TOOLS}
    assert "DIFFREP_TRACEBACK=1" in output


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_has_help_that_says_what_it_is_for(name):
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) > 5


def test_a_misspelt_command_is_told(monkeypatch, capsys):
    assert told(monkeypatch, "prob") == "2"
    assert "No such command 'prob'" in capsys.readouterr().err


def test_help_loads_no_numerical_library():
    code = "import sys; from diffrep.pipelines.cli import cli; cli(['--help'], standalone_mode=False); "
    code += f"print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def rounding():
    """Where torch keeps how a GPU rounds; as it was, afterwards."""
    places = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [place.allow_tf32 for place in places]
    yield places
    for place, value in zip(places, before, strict=True):
        place.allow_tf32 = value


@pytest.mark.parametrize("tf32", [True, False])
@pytest.mark.parametrize(("device", "sets"), [("gpu", True), ("cpu", False)])
def test_a_gpu_rounds_as_the_settings_say(rounding, small_params, tf32, device, sets):
    for place in rounding:
        place.allow_tf32 = not tf32
    set_tf32(small_params.machine.model_copy(update={"device": device, "tf32": tf32}))
    assert {place.allow_tf32 for place in rounding} == {tf32 if sets else not tf32}


def exited(cause: type[BaseException]) -> None:
    """A stage in which Lightning makes an exit of its own of what was raised."""
    with command.to_the_end("train@squares"):
        try:
            raise cause
        except cause:
            sys.exit(1)


@pytest.mark.parametrize(("cause", "told"), [(KeyboardInterrupt, KeyboardInterrupt), (ValueError, UserError)])
def test_a_training_that_is_told_to_end_blames_no_adapter(cause, told):
    with pytest.raises(told):
        exited(cause)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--print"], "--print writes the scripts of a cluster: give --engine slurm with it."),
        (["--engine", "slurm", "--allow-missing"], "--allow-missing is for this machine alone"),
        (["--engine", "pbs"], "'pbs' is not one of 'local', 'slurm'"),
    ],
)
def test_options_of_a_cluster_that_do_not_fit_are_refused(folder, options, line):
    said = CliRunner().invoke(cli, ["repro", *options])
    assert said.exit_code == 2
    assert line in " ".join(said.output.split())
