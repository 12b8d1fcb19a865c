"""methods/README.md: its example is the suite's own file, and what it tells you to type works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from diffrep.methods import METHODS
from diffrep.pipelines.contract.promises import title
from diffrep.pipelines.contract.run import PROMISES

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "methods" / "README.md").read_text()
SETTINGS = yaml.safe_load((ROOT / "params.yaml").read_text())["methods"]["ddae"]


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


FILE, NAME, DIFFUSION = blocks("python")
SECTION, OWN_SECTION, OWN_ROW, DIFFUSION_SECTION = blocks("yaml")
COMMANDS = [line for block in blocks("") for line in block.splitlines()]


def test_the_example_is_the_file_itself():
    assert (ROOT / "methods" / "ddae.py").read_text() == FILE


def test_the_example_is_short():
    assert len(FILE.splitlines()) < 85


def test_its_name_is_the_line_of_the_table():
    assert NAME in (ROOT / "methods" / "__init__.py").read_text()
    assert METHODS["ddae"] == "diffrep.methods.ddae:DDAE"


def test_its_sections_hold_what_params_yaml_holds():
    assert yaml.safe_load(SECTION) == {"ddae": SETTINGS}
    assert yaml.safe_load(OWN_SECTION) == SETTINGS
    assert yaml.safe_load(OWN_ROW) == {"features": {"adapter": "features:DDAE", **SETTINGS}}


def test_every_promise_stands_on_the_page():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE.partition("| promise |")[2], re.MULTILINE)
    assert rows == [(title(promise), (promise.__doc__ or "").splitlines()[0]) for promise in PROMISES]


def test_the_files_that_it_names_are_there():
    assert all((ROOT / "methods" / link).exists() for link in re.findall(r"\]\(([^)]+)\)", PAGE))


EXAMPLES = {  # module: its class, its file and its section
    "features": ("DDAE", FILE, OWN_SECTION),
    "tiny_diffae": ("TinyDiffAE", DIFFUSION, DIFFUSION_SECTION),
}


def run(command, folder, home):
    """What a command of the page does in a folder, with a home of its own."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "HOME": str(home), "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("module", EXAMPLES)
@pytest.mark.parametrize("place", ["the repository", "an empty folder"])
def test_the_same_from_outside_word_for_word(tmp_path, module, place):
    name, file, section = EXAMPLES[module]
    mine, folder = tmp_path / "mine", ROOT if place == "the repository" else tmp_path
    mine.mkdir()
    (mine / f"{module}.py").write_text(file)
    (mine / f"{module}.yaml").write_text(section)
    (command,) = (line for line in COMMANDS if line.startswith(f"PYTHONPATH=~/mine diffrep contract {module}"))
    links = os.environ.get("PYTHONPATH", "")
    done = run(command.replace("PYTHONPATH=~/mine", f"PYTHONPATH=~/mine:{links}"), folder, tmp_path)
    assert done.stdout.endswith(f"{module}:{name} keeps the contract\n"), done.stdout + done.stderr
    assert done.returncode == 0


def test_the_diffusion_example_is_short_and_draws_by_walking():
    assert len(DIFFUSION.splitlines()) < 90
    assert "walk(seen, state, path" in DIFFUSION
    assert len((ROOT / "methods" / "diffae.py").read_text().splitlines()) == 74
