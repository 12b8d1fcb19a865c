"""A published file becomes a row that every stage judges and none trains, or the base model of a workspace."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import official_files
import official_guided as official
import pytest
import torch
import yaml
from tiny_cells import ROOMS, small_values, write_code

from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Repeat, Shared, result_file
from diffrep.pipelines.imports.adapters import ImportedPDAE
from diffrep.pipelines.imports.run import import_weights
from diffrep.pipelines.trained.adapters import method_arguments
from diffrep.pipelines.trained.opened import opened

SIDE, CODE = 16, 12
ROW = Cell(ROOMS, "pdae_released", 0)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """PDAE's two networks and their file."""
    encoder = official.stirred(official.Encoder((32, 32, 64), SIDE, CODE), seed=1)
    decoder = official.stirred(official.ShiftUNet((32, 32), (1,), code=CODE), seed=2)
    return encoder, decoder, official_files.pdae(encoder, decoder, tmp_path_factory.mktemp("file") / "checkpoint.pt")


@pytest.fixture
def workspace(no_training, tmp_path, monkeypatch):
    """A workspace of tiny rooms that is the current folder, in which nothing can be trained."""
    monkeypatch.chdir(tmp_path)
    values = small_values()
    values["datasets"][ROOMS] |= {"size": SIDE}
    values["grid"]["seed"] = [0]
    values["evaluate"]["reconstruct"] |= {"images": 4, "decode_steps": 2, "invert_steps": 2}
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "params.yaml").write_text(f"# ours\n{yaml.safe_dump(values)}")
    return tmp_path


def stages(*of_cell):
    """The stages of the row, up to those named."""
    from diffrep.pipelines.stages.base import base
    from diffrep.pipelines.stages.prepare import prepare
    from diffrep.pipelines.stages.train import train

    params = load()
    write_code(params)
    prepare(params, Shared(ROOMS))
    base(params, Repeat(ROOMS, 0))
    for stage in (train, *of_cell):
        stage(params, ROW)
    return params


def test_a_pdae_goes_through_the_stages_and_is_trained_in_none(file, workspace, capsys):
    from diffrep.pipelines.stages.encode import encode
    from diffrep.pipelines.stages.reconstruct import reconstruct

    encoder, _decoder, path = file
    import_weights(path, workspace)
    printed = capsys.readouterr().out
    assert "pdae, images of 16x16" in printed
    assert "not used: step, encoder, decoder, optimizer, scaler" in printed
    stages(encode, reconstruct)
    images = Prepared(Shared(ROOMS).data)
    rows = images.splits["test"]
    seen = torch.as_tensor(np.asarray(images.images[rows])).permute(0, 3, 1, 2) / 127.5 - 1
    codes = np.load(ROW.codes)["z_test"]
    np.testing.assert_allclose(codes, encoder(seen).detach().numpy(), atol=1e-4)
    result = json.loads(result_file(ROW.results("train")).read_text())
    assert result["note"] == "published weights, trained by others"
    assert "steps" not in result or result["steps"] is None
    assert opened(ROW.weights).encode(np.asarray(images.images[rows][:2])).shape == (2, CODE)


def test_its_card_says_where_it_comes_from(file, workspace):
    import_weights(file[2], workspace, row="theirs")
    card = read_card(Path("imported/theirs/card.json"), "")
    assert (card["kind"], card["source"], card["image_shape"]) == ("pdae", "checkpoint.pt", [3, SIDE, SIDE])
    assert len(card["source_sha256"]) == 64
    assert "do not pass them on" in card["licence"]
    base = read_card(Path("imported/theirs_base/card.json"), "")
    assert (base["kind"], base["image_shape"], base["network"]["channels"]) == ("pdae-dpm", [3, SIDE, SIDE], [32, 32])
    assert base["source_sha256"] == card["source_sha256"]
    params = load()
    assert params.base.source == "imported/theirs_base"
    assert params.grid.method[-1] == "theirs"
    assert Path("params.yaml").read_text().startswith("# ours")
    assert not hasattr(ImportedPDAE, "loss")


def test_imported_again_it_is_the_same(file, workspace):
    for _ in range(2):
        import_weights(file[2], workspace)
    before = Path("params.yaml").read_text()
    import_weights(file[2], workspace)
    assert Path("params.yaml").read_text() == before


def test_a_base_model_takes_the_place_of_the_one_that_is_trained(file, workspace):
    frozen = {k: v for k, v in file[1].state_dict().items() if "shift" not in k and "label_emb" not in k}
    import_weights(official_files.pdae_dpm(frozen, workspace / "dpm.pt"), workspace)
    params = load()
    assert params.base.source == "imported/pdae_dpm_released"
    assert params.grid.method == ("pdae", "random")


@pytest.mark.parametrize(
    ("given", "section", "words"),
    [
        ({}, "", "not known what it learned from, so that no paper's number is laid beside it: --learned-from NAME"),
        ({"learned_from": "ffhq"}, "ffhq", "taken to have learned from ffhq"),
    ],
)
def test_what_the_weights_learned_from_is_what_is_said(given, section, words, file, workspace, capsys):
    import_weights(file[2], workspace, **given)
    written = yaml.safe_load(Path("params.yaml").read_text())
    assert written["methods"]["pdae_released"]["imported"]["learned_from"] == section
    assert words in capsys.readouterr().out
    assert load().methods["pdae_released"]


def test_a_new_workspace_holds_the_imported_row_alone(file, tmp_path, capsys):
    import_weights(file[2], tmp_path / "new", preset="pdae-celeba64")
    assert "taken to have learned from celeba: --learned-from NAME says otherwise" in capsys.readouterr().out
    params = load(tmp_path / "new")
    assert (params.grid.method, [*params.methods], params.report.reference) == (
        ("pdae_released",),
        ["pdae_released"],
        "pdae_released",
    )
    assert params.imports("base")
    assert (tmp_path / "new" / params.base.source / "unet" / "config.json").is_file()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"out": "nowhere"}, "nowhere is no workspace: name the --preset"),
        ({"out": "nowhere", "preset": "pdae-celeba46"}, "did you mean 'pdae-celeba64'?"),
        ({"out": "nowhere", "preset": "mine"}, "no preset 'mine': there are dbae-celeba64, "),
        ({"preset": "pdae-celeba64"}, "is a workspace already: leave --preset out"),
        ({"row": "pdae"}, "params.yaml has a row 'pdae' that is trained: give another --row"),
        ({"row": "../theirs"}, "--row '../theirs': a row's name is"),
        ({"kind": "diffae"}, "seems to be PDAE's encoder and decoder (pdae), not a Diff-AE (diffae)"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(given, words, file, workspace):
    before = Path("params.yaml").read_text()
    with pytest.raises(UserError) as caught:
        import_weights(file[2], **{"out": workspace, **{k: Path(v) if k == "out" else v for k, v in given.items()}})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert Path("params.yaml").read_text() == before
    assert not Path("imported").exists()


def test_images_of_another_size_are_told(file, workspace):
    import_weights(file[2], workspace)
    params = load()
    network = params.methods["pdae_released"]
    given = method_arguments(params, "pdae_released")
    base = {"channels": [32, 32], "layers": 2, "attention_levels": [1], "norm_groups": 32, "dropout": 0.0, "patch": 1}
    shape = (3, 32, 32)
    model = BaseDPM(shape, **arguments(BaseDPM, "base", {"network": {**base, "prediction_type": "epsilon"}}))
    with pytest.raises(ValueError, match=r"are for images of \[3, 16, 16\], the data set's are \[3, 32, 32\]"):
        ImportedPDAE(shape, model, **given)
    assert network.adapter.endswith(":ImportedPDAE")


def test_altered_weights_are_told(file, workspace):
    import_weights(file[2], workspace)
    path = Path("imported/pdae_released/weights.safetensors")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(UserError, match="is missing, or not the file that its section of"):
        stages()


MEASURED = """
import resource, sys
from pathlib import Path
from diffrep.pipelines.imports.run import import_weights
import diffusers
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import_weights(Path(sys.argv[1]), Path(sys.argv[2]))
print("at most", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def test_it_takes_less_than_twice_the_file_in_memory(workspace):
    unet = official.stirred(official.UNet((64, 128, 256), (1,))).state_dict()
    path = official_files.pdae_dpm(unet, workspace / "dpm.pt")
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), str(workspace)], check=True, capture_output=True, text=True
    )
    assert int(ran.stdout.split("at most")[1]) < 2 * path.stat().st_size
