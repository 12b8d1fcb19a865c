"""The command that tries the contract: what it finds by a name, what it prints, and its refusals."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from diffrep.pipelines.cli import cli
from diffrep.pipelines.contract.promises import title
from diffrep.pipelines.contract.run import PROMISES
from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed

ROOT = Path(__file__).parents[3]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
NO_CONTROLS = PARAMS["report"] | {"controls": []}


@pytest.fixture
def params():
    """Two rows, one of them of another adapter than its name."""
    rows = {name: PARAMS["methods"][name] for name in ("pca", "random")}
    rows = {**copy.deepcopy(rows), "mine": {"adapter": "diffrep.methods.pca:PCA", "code_dim": 3}}
    return parsed({**PARAMS, "methods": rows, "grid": PARAMS["grid"] | {"method": ["pca"]}, "report": NO_CONTROLS})


def test_a_row_is_found_by_its_name_and_by_its_adapter(params):
    assert subject(params, "pca", None, 32, 1).given == {"code_dim": 16}
    assert subject(params, "diffrep.methods.pca:PCA", None, 32, 1).given == {"code_dim": 3}


def test_a_rows_own_section_comes_before_that_of_a_variant():
    methods = {"variant": {"adapter": "pca", "code_dim": 3}, "pca": {"code_dim": 16}}
    grid = PARAMS["grid"] | {"method": ["pca"]}
    params = parsed({**PARAMS, "methods": methods, "grid": grid, "report": NO_CONTROLS})
    assert subject(params, "pca", None, 32, 1).given == {"code_dim": 16}


def test_settings_of_a_file_stand_before_those_of_the_row(params, tmp_path):
    (tmp_path / "mine.yaml").write_text("code_dim: 5\n")
    assert subject(params, "pca", tmp_path / "mine.yaml", 32, 1).given == {"code_dim": 5}


def test_how_a_row_is_trained_is_none_of_its_classs_arguments(tmp_path):
    methods = {"random": PARAMS["methods"]["random"] | {"training": {"flip": True}}}
    params = parsed({**PARAMS, "methods": PARAMS["methods"] | methods})
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(methods["random"]))
    for file in (None, tmp_path / "mine.yaml"):
        assert subject(params, "random", file, 32, 1).given["code_dim"] == methods["random"]["code_dim"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pcaa", None, "no method 'pcaa': did you mean 'pca'?"),
        ("vae", None, "params.yaml has no section for vae: add a row, or give its section with --settings FILE.yaml"),
        ("own.file:Class", None, "params.yaml has no section for own.file:Class: add a row, or give its section with"),
        ("own.file:Class", "{}", "cannot import method 'own.file:Class': ModuleNotFoundError: No module named 'own'"),
        ("pca", "code_dimm: 4", "methods.pca: unknown key 'code_dimm': did you mean 'code_dim'?"),
        ("pca", "{}", "mine.yaml: methods.pca lacks the key 'code_dim'"),
        ("pca", "- 4", "mine.yaml must hold the keys of one section of methods:, such as code_dim: 16"),
        ("pca", "a: [", "mine.yaml is not YAML: "),
    ],
)
def test_what_cannot_be_tried_is_one_line(params, tmp_path, name, text, message):
    file = None
    if text is not None:
        file = tmp_path / "mine.yaml"
        file.write_text(text)
    with pytest.raises(UserError, match=re.escape(message)):
        subject(params, name, file, 32, 1)


def told(*words):
    return CliRunner().invoke(cli, ["contract", *words])


def test_the_command_tells_every_promise(monkeypatch):
    monkeypatch.chdir(ROOT)
    done = told("pca")
    lines = done.output.splitlines()
    assert done.exit_code == 0, done.output
    assert [line[:32].rstrip() for line in lines[:-1]] == [title(promise) for promise in PROMISES]
    assert lines[-1] == "pca keeps the contract"


def test_the_command_fails_where_a_promise_is_broken(monkeypatch, tmp_path):
    (tmp_path / "own_pca.py").write_text(
        "from diffrep.methods.pca import PCA\n\n\n"
        "class Loud(PCA):\n    def encode(self, images):\n        return {'z': super().encode(images)['z'] / 0}\n"
    )
    (tmp_path / "own.yaml").write_text("code_dim: 4\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(ROOT)
    done = told("own_pca:Loud", "--settings", str(tmp_path / "own.yaml"))
    assert done.exit_code == 1
    assert re.search(r"^shapes of codes +failed +view 'z' holds NaN or infinities$", done.output, re.MULTILINE)
    assert re.search(r"^own_pca:Loud breaks \d of 17 promises$", done.output, re.MULTILINE)


def test_what_cannot_be_built_is_not_tried_further(monkeypatch, tmp_path):
    (tmp_path / "own.yaml").write_text("code_dim: 0\n")
    monkeypatch.chdir(ROOT)
    done = told("pca", "--settings", str(tmp_path / "own.yaml"))
    assert done.exit_code == 1
    assert done.output.splitlines()[0].startswith(
        "is built from its section       failed          ValueError: code_dim=0"
    )
    assert done.output.splitlines()[1:] == ["pca cannot be built: nothing else was tried"]
