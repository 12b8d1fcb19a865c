"""An adapter's hash changes with the code it runs, its own and what it imports, and with nothing else."""

import sys
from pathlib import Path

import pytest
import yaml
from published_autoencoder import SOURCE, imported

from diffrep.datasets import DATASETS
from diffrep.methods import METHODS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Cell, Shared, adapter_code
from diffrep.pipelines.core.source_code import code_hashes, hash_and_imports, source_file, top_folder
from diffrep.pipelines.stages.code import adapter_hashes, needs

COMMITTED = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text())
MODULE = "from torch import nn\n\nclass Two(nn.Module):"
ROOMS = "shapes3d_rendered"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A package `own` outside the repository; its module two.py is to be written."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    source_file.cache_clear()
    hash_and_imports.cache_clear()
    top_folder.cache_clear()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "own"]:
        del sys.modules[name]


def hashes_of(values: dict, **section) -> dict:
    """What the stage would write for a grid of one method of one's own."""
    values["methods"], values["grid"]["method"] = {"mine": section}, ["mine"]
    values["report"] = {"reference": "mine", "controls": []}
    return adapter_hashes(parsed(values))[adapter_code("methods", "mine")]


@pytest.mark.parametrize("name", METHODS)
def test_no_method_hangs_on_another(name):
    module = METHODS[name].partition(":")[0]
    others = {path.partition(":")[0] for path in METHODS.values()} - {module}
    assert others & set(code_hashes(module)) == set()


@pytest.mark.parametrize(
    ("kind", "path"), [*(("methods", p) for p in METHODS.values()), *(("datasets", p) for p in DATASETS.values())]
)
def test_an_adapter_of_ours_hangs_on_its_own_folder_only(kind, path):
    assert {name.split(".")[1] for name in code_hashes(path.partition(":")[0])} == {kind}


def test_pdae_hangs_on_the_base_model():
    assert "diffrep.methods.shared.denoisers.base" in code_hashes("diffrep.methods.pdae")


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
def test_a_class_that_is_no_method_is_one_line(own, small_values, text, told):
    (own / "two.py").write_text(text + "\n")
    with pytest.raises(UserError, match=f"^method 'own.two:Two' {told}"):
        hashes_of(small_values, adapter="own.two:Two")


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
def test_a_module_that_cannot_be_imported_is_one_line(own, small_values, adapter, text, told):
    (own / "two.py").write_text(text + "\n")
    with pytest.raises(UserError, match=f"^{told}"):
        hashes_of(small_values, adapter=adapter)


def test_settings_taken_by_position_are_one_line(own, small_values):
    init = "    def __init__(self, image_shape, width):\n        ...\n"
    (own / "two.py").write_text(f"{MODULE}\n    needs, cannot, encode = (), {{}}, None\n\n{init}")
    with pytest.raises(UserError, match=r"^methods.mine: Two takes 'width' by position: put \* before"):
        hashes_of(small_values, adapter="own.two:Two", width=3)


def test_another_class_of_one_module_is_another_adapter(own, small_values):
    made = "    needs, cannot, encode = (), {}, None\n"
    (own / "two.py").write_text(f"{MODULE}\n{made}\n\nclass Three(nn.Module):\n{made}")
    two, three = (hashes_of(small_values, adapter=f"own.two:{name}") for name in ("Two", "Three"))
    assert two["code"] == three["code"]
    assert two != three


def test_a_data_set_from_outside_has_its_own_code_and_what_lies_beside_it(own, small_values, tmp_path):
    (tmp_path / "pictures.py").write_text(
        "from own.two import SIDE\nfrom own_data import Dots\n\nclass Mine(Dots): pass\n"
    )
    (own / "two.py").write_text("SIDE = 8\n")
    small_values["datasets"]["mine"] = {"adapter": "pictures:Mine", "seed": 0}
    small_values["budgets"]["mine"] = small_values["budgets"][ROOMS]
    small_values["grid"]["dataset"] = ["mine"]
    found = adapter_hashes(parsed(small_values))[adapter_code("datasets", "mine")]
    assert found["adapter"] == "pictures:Mine"
    assert set(found["code"]) == {"pictures", "own", "own.two"}
    del sys.modules["pictures"]


def test_an_adapter_has_the_code_of_what_it_needs(small_values):
    code = hashes_of(small_values, **COMMITTED["methods"]["encdiff_latent"] | {"adapter": "encdiff_latent"})["code"]
    assert "diffrep.methods.shared.networks.autoencoder" in code


def needs_of(values: dict, methods: list[str]) -> tuple[bool, dict]:
    """(whether an autoencoder is trained, {method: what its cell stands on}) of a grid."""
    values["methods"] = {name: COMMITTED["methods"][name] for name in methods}
    values["grid"]["method"], values["report"] = methods, {"reference": methods[0], "controls": []}
    found = needs(parsed(values))
    trained = found[Shared(ROOMS).needs_autoencoder]["autoencoder"]
    return trained, {name: found[Cell(ROOMS, name, 0).needs] for name in methods}


def test_without_a_latent_method_no_autoencoder_is_trained(small_values):
    assert needs_of(small_values, ["pca"]) == (False, {"pca": {}})


def test_the_first_latent_method_leaves_the_other_cells_alone(small_values):
    trained, cells = needs_of(small_values, ["pca", "encdiff_latent"])
    assert (trained, cells["pca"], list(cells["encdiff_latent"])) == (True, {}, ["autoencoder"])


@pytest.mark.parametrize("place", ["autoencoder", "budget"])
def test_a_latent_cell_hangs_on_the_autoencoders_settings(small_values, place):
    before = needs_of(small_values, ["encdiff_latent"])
    if place == "budget":
        small_values["budgets"][ROOMS]["autoencoder"] += 1
    else:
        small_values["autoencoder"]["network"]["codebook"] += 1
    assert needs_of(small_values, ["encdiff_latent"]) != before


def test_a_latent_cell_hangs_on_the_files_of_an_imported_autoencoder(small_values, tmp_path):
    small_values["autoencoder"] = {"from": str(tmp_path / SOURCE)}
    imported(tmp_path, scale=2.0)
    before = needs_of(small_values, ["encdiff_latent", "pca"])
    assert needs_of(small_values, ["encdiff_latent", "pca"]) == before
    imported(tmp_path, scale=3.0)
    after = needs_of(small_values, ["encdiff_latent", "pca"])
    assert {name for name in after[1] if after[1][name] != before[1][name]} == {"encdiff_latent"}


@pytest.mark.parametrize(
    ("module", "hang"),
    [
        ("diffrep.pipelines.stages.autoencoder", {"encdiff_latent"}),
        ("diffrep.pipelines.training.fit", {"encdiff_latent"}),  # which trains the autoencoder too
        ("diffrep.pipelines.stages.base", set()),
    ],
)
def test_a_latent_cell_alone_hangs_on_the_code_that_trains_the_autoencoder(small_values, monkeypatch, module, hang):
    before = needs_of(small_values, ["encdiff_latent", "pca"])[1]

    def edited(file, name):
        tree, imported = hash_and_imports(file, name)
        return "edited" if name == module else tree, imported

    monkeypatch.setattr("diffrep.pipelines.core.source_code.hash_and_imports", edited)
    after = needs_of(small_values, ["encdiff_latent", "pca"])[1]
    assert {name for name in before if before[name] != after[name]} == hang
