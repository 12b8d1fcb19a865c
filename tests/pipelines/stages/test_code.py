"""An adapter's hash changes with the code it runs, its own and what it imports, and with nothing else."""

import sys
from pathlib import Path

import pytest
import yaml

from diffrep.datasets import DATASETS
from diffrep.methods import METHODS
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.stages.code import adapters, sources

COMMITTED = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text())
MODULE = "from torch import nn\n\nclass Two(nn.Module):"
FILES = {
    "__init__.py": "",
    "one.py": "from own.shared import maths\nfrom own.shared.net import Net\n\nclass One:\n    net = Net\n",
    "two.py": "import own.shared.net\n\nclass Two:\n    pass\n",
    "near.py": "from . import two\nfrom .shared.maths import half\n",
    "far.py": "import numpy\nimport diffrep.methods.shared.partition\n",
    "shared/__init__.py": "",
    "shared/maths.py": "def half(x):\n    return x / 2\n",
    "shared/net.py": "class Net:\n    def late(self):\n        import own.shared.deep\n",
    "shared/deep.py": "DEPTH = 3\n",
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A package `own` outside the repository; returns its folder."""
    for name, text in FILES.items():
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "own"
    for name in [name for name in sys.modules if name.partition(".")[0] == "own"]:
        del sys.modules[name]


def test_imports_are_followed_as_far_as_they_go(own):
    assert {"own.one", "own.shared.maths", "own.shared.net", "own.shared.deep"} <= set(sources("own.one"))


def test_relative_imports_are_followed(own):
    assert {"own.near", "own.two", "own.shared.maths", "own.shared.net"} <= set(sources("own.near"))


def test_imports_of_this_project_are_followed(own):
    assert "diffrep.methods.shared.partition" in sources("own.far")


def test_other_libraries_are_not_followed(own):
    assert not any(name.startswith("numpy") for name in sources("own.far"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# why\ndef half(x):  # what\n    return x / 2\n", id="comments"),
        pytest.param('"""Maths."""\n\ndef half(x):\n    """Halve."""\n    return x / 2\n', id="docstrings"),
        pytest.param("\n\ndef half(x):\n\n    return (x\n            / 2)\n", id="layout"),
    ],
)
def test_what_does_not_run_does_not_count(own, text):
    before = sources("own.one")
    (own / "shared" / "maths.py").write_text(text)
    assert sources("own.one") == before


def test_code_of_a_shared_file_counts(own):
    before = sources("own.one")
    (own / "shared" / "maths.py").write_text("def half(x):\n    return x / 3\n")
    after = sources("own.one")
    assert {name for name in before if before[name] != after[name]} == {"own.shared.maths"}


def test_code_imported_inside_a_function_counts(own):
    before = sources("own.two")
    (own / "shared" / "deep.py").write_text("DEPTH = 4\n")
    assert sources("own.two") != before


def test_a_text_that_is_no_docstring_counts(own):
    (own / "shared" / "deep.py").write_text('DEPTH = "three"\n')
    before = sources("own.two")
    (own / "shared" / "deep.py").write_text('DEPTH = "four"\n')
    assert sources("own.two") != before


def test_another_adapter_does_not_count(own):
    before = sources("own.one")
    (own / "two.py").write_text("class Two:\n    changed = True\n")
    assert sources("own.one") == before


def test_a_module_that_is_not_there_is_one_line():
    with pytest.raises(UserError, match=r"^cannot find the source file of nowhere\.at_all$"):
        sources("nowhere.at_all")


@pytest.mark.parametrize("name", METHODS)
def test_no_method_hangs_on_another(name):
    module = METHODS[name].partition(":")[0]
    others = {path.partition(":")[0] for path in METHODS.values()} - {module}
    parents = {"diffsiam": {"diffrep.methods.diti"}}  # DiTi's term and one more
    assert others & set(sources(module)) == parents.get(name, set())


@pytest.mark.parametrize(
    ("kind", "path"), [*(("methods", p) for p in METHODS.values()), *(("datasets", p) for p in DATASETS.values())]
)
def test_an_adapter_of_ours_hangs_on_its_own_folder_only(kind, path):
    assert {name.split(".")[1] for name in sources(path.partition(":")[0])} == {kind}


def test_pdae_hangs_on_the_base_model():
    assert "diffrep.methods.shared.denoisers.base" in sources("diffrep.methods.pdae")


def test_the_grids_largest_code_is_written_for_the_anchors(tmp_path, monkeypatch, small_params):
    monkeypatch.chdir(tmp_path)
    small_params["methods"]["random"]["code_dim"] = 7
    adapters(small_params)
    assert read_json(tmp_path / paths.grid_code()) == {"code_dim": 7}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Two = 5", "is no class of torch.nn.Module"),
        ("def Two(shape):\n    pass", "is no class of torch.nn.Module"),
        ("class Two:\n    needs, cannot, encode = (), {}, None", "is no class of torch.nn.Module"),
        (f"{MODULE}\n    cannot = {{}}", "has no 'needs'"),
        (f"{MODULE}\n    needs = cannot = ()", "has no 'encode'"),
        (f"{MODULE}\n    needs, cannot, encode = 'base', {{}}, None", "has needs = 'base', which is no tuple"),
        (
            f"{MODULE}\n    needs, cannot, encode = ['bass'], {{}}, None",
            "needs 'bass', but there are 'base' and 'autoen",
        ),
        (f"{MODULE}\n    needs, cannot, encode = (), ['decode'], None", r"has cannot = \['decode'\], which is no dict"),
    ],
)
def test_a_class_that_is_no_method_is_one_line(own, tmp_path, monkeypatch, small_params, text, told):
    monkeypatch.chdir(tmp_path)
    (own / "two.py").write_text(text + "\n")
    small_params["methods"], small_params["grid"]["method"] = {"mine": {"adapter": "own.two:Two"}}, ["mine"]
    with pytest.raises(UserError, match=f"^method 'own.two:Two' {told}"):
        adapters(small_params)


@pytest.mark.parametrize(
    ("adapter", "text", "told"),
    [
        (
            "own.two:Two",
            "from torch import nosuch",
            "cannot import method 'own.two:Two': ImportError: cannot import name",
        ),
        ("own.two:Two", "class Two(:", "cannot import method 'own.two:Two': SyntaxError: "),
        ("own.two:Two", "raise RuntimeError('no')", "cannot import method 'own.two:Two': RuntimeError: no"),
        (":Two", "", "method ':Two' is no package.module:Class"),
        ("own.two:", "", "method 'own.two:' is no package.module:Class"),
    ],
)
def test_a_module_that_cannot_be_imported_is_one_line(own, tmp_path, monkeypatch, small_params, adapter, text, told):
    monkeypatch.chdir(tmp_path)
    (own / "two.py").write_text(text + "\n")
    small_params["methods"], small_params["grid"]["method"] = {"mine": {"adapter": adapter}}, ["mine"]
    with pytest.raises(UserError, match=f"^{told}"):
        adapters(small_params)


def test_settings_taken_by_position_are_one_line(own, tmp_path, monkeypatch, small_params):
    monkeypatch.chdir(tmp_path)
    init = "    def __init__(self, image_shape, width):\n        ...\n"
    (own / "two.py").write_text(f"{MODULE}\n    needs, cannot, encode = (), {{}}, None\n\n{init}")
    small_params["methods"] = {"mine": {"adapter": "own.two:Two", "width": 3}}
    small_params["grid"]["method"] = ["mine"]
    with pytest.raises(UserError, match=r"^methods.mine: Two takes 'width' by position: put \* before"):
        adapters(small_params)


def needs_of(small_params, tmp_path, monkeypatch, methods):
    """(whether an autoencoder is trained, {method: what its cell stands on}) of a grid."""
    monkeypatch.chdir(tmp_path)
    small_params["methods"] = {name: COMMITTED["methods"][name] for name in methods}
    small_params["grid"]["method"] = methods
    adapters(small_params)
    return read_json(paths.needs())["autoencoder"], {
        name: read_json(paths.cell_needs("shapes3d_rendered", name)) for name in methods
    }


def test_without_a_latent_method_no_autoencoder_is_trained(small_params, tmp_path, monkeypatch):
    assert needs_of(small_params, tmp_path, monkeypatch, ["pca"]) == (False, {"pca": {}})


def test_the_first_latent_method_leaves_the_other_cells_alone(small_params, tmp_path, monkeypatch):
    trained, cells = needs_of(small_params, tmp_path, monkeypatch, ["pca", "encdiff_latent"])
    assert (trained, cells["pca"], list(cells["encdiff_latent"])) == (True, {}, ["autoencoder"])


@pytest.mark.parametrize("place", ["autoencoder", "budget"])
def test_a_latent_cell_hangs_on_the_autoencoders_settings(small_params, tmp_path, monkeypatch, place):
    before = needs_of(small_params, tmp_path, monkeypatch, ["encdiff_latent"])
    if place == "budget":
        small_params["budgets"]["shapes3d_rendered"]["autoencoder"] += 1
    else:
        small_params["autoencoder"]["network"]["codebook"] += 1
    assert needs_of(small_params, tmp_path, monkeypatch, ["encdiff_latent"]) != before
