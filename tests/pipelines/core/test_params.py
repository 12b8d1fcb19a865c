"""Every mistake in params.yaml is one line that names the key and what would do."""

import subprocess
import sys

import pytest
import yaml
from changed_params import COMMITTED, GONE, ROOT, changed, checked
from pydantic import ValidationError

from diffrep.pipelines import command
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import digest, load, parsed, value_at
from diffrep.pipelines.running.workspace import params_text
from diffrep.pipelines.stages.code import adapter_hashes

MISTAKES = {  # what is changed, to what, and the line that tells
    "unknown section": ("trian", {}, r"params\.yaml: unknown key 'trian': did you mean 'train'\?"),
    "missing section": ("train", GONE, r"params\.yaml has no section train"),
    "no methods": ("methods", GONE, r"params\.yaml has no section methods"),
    "no data sets": ("datasets", GONE, r"params\.yaml has no section datasets"),
    "methods are a list": ("methods", ["pdae"], r"params\.yaml: methods is \['pdae'\], which is not a dict"),
    "unknown key": ("train.lerning_rate", 0.1, r"train: unknown key 'lerning_rate': did you mean 'learning_rate'\?"),
    "key that is a number": ("train.1", 0.1, r"train: unknown key '1': there are batch_size, betas, .*"),
    "missing key": ("train.warmup", GONE, r"params\.yaml: train lacks the key 'warmup'"),
    "missing nested key": (
        "evaluate.reconstruct.images",
        GONE,
        r"params\.yaml: evaluate\.reconstruct lacks the key 'images'",
    ),
    "unknown nested key": (
        "oracle.training.warmups",
        1,
        r"oracle\.training: unknown key 'warmups': did you mean 'warmup'\?",
    ),
    "a folder and a training": (
        "base.from",
        "theirs",
        r"params\.yaml: base\.from: a model that others trained is not trained here: leave out network",
    ),
    "a number for a folder": ("base", {"from": 3}, r"params\.yaml: base\.from is 3, which is not a str"),
    "no name for a folder": (
        "base",
        {"from": " "},
        r"params\.yaml: base\.from is ' ', which must be a folder, or ow.*",
    ),
    "an import misspelt": ("base", {"form": "x"}, r"base: unknown key 'form': there are network, training"),
    "an import that is trained": (
        "oracle",
        {"from": "x"},
        r"oracle: unknown key 'from': there are channels, seed, training",
    ),
    "an autoencoder that is both": (
        "autoencoder",
        {"from": "x", "seed": 0},
        r"params\.yaml: autoencoder\.from: a model that others trained is not trained here: leave out seed",
    ),
    "text for a number": (
        "train.learning_rate",
        "1e-3",
        r"params\.yaml: train\.learning_rate is '1e-3', which is not a float",
    ),
    "float for an integer": ("train.batch_size", 3.5, r"params\.yaml: train\.batch_size is 3\.5, which is not a int"),
    "true for an integer": ("train.warmup", True, r"params\.yaml: train\.warmup is True, which is not a int"),
    "number for a list": ("grid.seed", 3, r"params\.yaml: grid\.seed is 3, which is not a list"),
    "text in a list of integers": ("grid.seed", [0, "1"], r"params\.yaml: grid\.seed\[1\] is '1', which is not a int"),
    "nothing for a section": ("train", None, r"params\.yaml: train must hold the keys batch_size, .*"),
    "empty list": ("grid.method", [], r"params\.yaml: grid\.method is empty: .*"),
    "twice the same": ("grid.seed", [0, 1, 0], r"params\.yaml: grid\.seed names 0 twice"),
    "unknown method": (
        "grid.method",
        ["padae"],
        r"grid names 'padae', .* methods\.padae: did you mean 'pdae'\?",
    ),
    "nothing like a method": (
        "grid.method",
        ["xyz"],
        r"grid names 'xyz', .* methods\.xyz: there are dbae, .*",
    ),
    "unknown reference": (
        "report.reference",
        "pcaa",
        r"report\.reference: no method 'pcaa': did you mean 'pca'\?",
    ),
    "unknown control": (
        "report.controls",
        ["vae", "pcaa"],
        r"report\.controls: no method 'pcaa': did you mean 'pca'\?",
    ),
    "unknown data set": (
        "grid.dataset",
        ["fashion"],
        r"grid names 'fashion', .* did you mean 'fashion_mnist'\?",
    ),
    "method without a section": (
        "methods.pca",
        GONE,
        r"grid names 'pca', but params\.yaml has no section methods\.pca: .*",
    ),
    "empty method's section": ("methods.pca", None, r"params\.yaml: methods\.pca must hold keys, those of its adapter"),
    "data set without a budget": (
        "budgets.shapes3d_rendered",
        GONE,
        r"params\.yaml has no section budgets\.shapes3d_rendered",
    ),
    "unknown adapter": ("methods.pdae.adapter", "pdea", r"no method 'pdea': did you mean 'pdae'\?"),
    "reserved method": ("grid.method", ["oracle"], r"grid\.method: 'oracle' is a folder of the suite's own: .*"),
    "reserved data set": ("grid.dataset", ["code"], r"grid\.dataset: 'code' is a folder of the suite's own: .*"),
}


@pytest.mark.parametrize(("path", "value", "line"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_one_line(path, value, line):
    with pytest.raises(UserError, match=f"^{line}$"):
        checked(changed(path, value))


def test_all_rows_decode_on_one_sampler():
    """PDAE's, which is also that of the methods that have no such key."""
    assert {section.get("sampler", "pdae") for section in COMMITTED["methods"].values()} == {"pdae"}


def test_committed_params_load():
    params = load(ROOT)
    assert params.grid.method == tuple(COMMITTED["grid"]["method"])
    assert value_at(params, "evaluate.counterfactual") == COMMITTED["evaluate"]["counterfactual"]
    assert all(value_at(params, key) == COMMITTED[key] for key in ("grid", "budgets", "base", "train", "machine"))
    assert params.methods["pdae"].settings == COMMITTED["methods"]["pdae"]


def test_an_imported_base_model_is_written_as_in_the_file(small_values):
    params = parsed(small_values | {"base": {"from": "owner/name"}})
    assert value_at(params, "base") == {"from": "owner/name"}


def test_an_imported_autoencoder_is_written_as_in_the_file(small_values):
    params = parsed(small_values | {"autoencoder": {"from": "folder"}})
    assert value_at(params, "autoencoder") == {"from": "folder"}
    assert (params.imports("autoencoder"), params.imports("base")) == (True, False)


def test_nothing_changes_after_it_is_read():
    params = load(ROOT)
    with pytest.raises(ValidationError):
        params.evaluate.probe.steps = 3


@pytest.mark.parametrize(
    "profile", sorted((ROOT / "pipelines" / "profiles").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_profile_loads(tmp_path, profile):
    (tmp_path / "params.yaml").write_text(params_text(profile.stem))
    adapter_hashes(load(tmp_path))


def test_a_variant_of_a_method_has_its_own_section():
    values = changed("methods.pdae_small", {**COMMITTED["methods"]["pdae"], "adapter": "pdae"})
    values["grid"]["method"].append("pdae_small")
    params = checked(values)
    assert params.adapter("methods", "pdae_small") == "pdae"
    assert params.adapter("methods", "pdae") == "pdae"


def test_no_params_file_says_where_to_run(tmp_path):
    with pytest.raises(UserError, match=r"^no params\.yaml in .*: run diffrep from the top of the repository$"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tx"])
def test_broken_yaml_is_an_error_of_the_file(tmp_path, text):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(UserError, match=r"^params\.yaml is not YAML: "):
        load(tmp_path)


@pytest.mark.parametrize("text", ["", "3", "- a"])
def test_a_file_without_sections_is_told(tmp_path, text):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(UserError, match=r"^params\.yaml holds no sections$"):
        load(tmp_path)


@pytest.mark.parametrize("mistake", ["unknown key", "unknown adapter"])
def test_the_command_line_ends_with_the_line_alone(tmp_path, monkeypatch, mistake):
    path, value, line = MISTAKES[mistake]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(changed(path, value)))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=rf"^diffrep: error: {line}$"):
        command.main(["code"])


def test_broken_yaml_is_one_line_for_the_command(tmp_path):
    (tmp_path / "params.yaml").write_text("grid: [1\nbase: {")
    done = subprocess.run(
        [sys.executable, "-c", "from diffrep.pipelines.cli import main; main()", "code"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("diffrep: error: params.yaml is not YAML: ")
    assert done.stderr.count("\n") == 1


def test_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})


def test_digest_depends_on_every_value():
    assert len({digest({"a": 1}), digest({"a": 2}), digest({"a": 1}, {}), digest({"b": 1})}) == 4
