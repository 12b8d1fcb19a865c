"""Files that are not what was written: told by name wherever they are read, and nothing in them is ever executed."""

import shutil
from pathlib import Path

import pytest
import torch
from damage import (
    a_list,
    cut,
    deep,
    emptied,
    fewer_rows,
    flipped,
    folder_instead,
    gone,
    object_arrays,
    of_other_shape,
    other_digit,
    other_view,
    pickle_beside,
    pickled,
    python_tag,
    torch_pickled,
    web_page,
)
from mistakes import Mistake, expect_told
from quick_yaml import write
from tiny_cells import small_values

from diffrep.pipelines import stages
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Cell, Shared, Whole

ROOMS = "shapes3d_rendered"
OF_DATA, OF_CELL = ("--dataset", ROOMS), ("--dataset", ROOMS, "--method", "pdae", "--seed", "0")
CELL, SHARED = Cell(ROOMS, "pdae", 0), Shared(ROOMS)
RESULT, CODES = CELL.results("encode") / "result.json", CELL.codes
UNET = CELL.repeat.base / "unet" / "diffusion_pytorch_model.safetensors"
STUDY: list[Path] = []  # where the study lies that every mistake is made in a copy of


@pytest.fixture(scope="module", autouse=True)
def study(tmp_path_factory):
    """Two trained cells and all that they stand on."""
    torch.set_num_threads(1)
    folder, params = tmp_path_factory.mktemp("study"), parsed(values())
    places = [
        ("code", Whole()),
        *((name, SHARED) for name in ("prepare", "autoencoder", "oracle", "references")),
        ("base", CELL.repeat),
        *((name, Cell(ROOMS, method, 0)) for name in ("train", "encode") for method in ("pdae", "random")),
        ("code_size", SHARED),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("diffrep.pipelines.tracking.sync.live_logger", lambda *_: False)
        for linked in ("datasets", "methods", "metrics", "pipelines", "reports"):
            (folder / linked).symlink_to(Path(__file__).parents[2] / linked)
        for name, place in places:
            stages.load(name).run(params, place)
    for path in folder.iterdir():
        if path.is_symlink():
            path.unlink()
    STUDY.append(folder)
    yield
    STUDY.clear()


def values():
    """The params of the study: one seed."""
    changed = small_values()
    changed["grid"]["seed"] = [0]
    changed["evaluate"]["counterfactual"] |= {"images": 20, "pairs": 20}
    return changed


def damaged(path, damage):
    """What damages a file of a copy of the study."""

    def make(folder):
        shutil.copytree(STUDY[0], folder, dirs_exist_ok=True)
        write(folder / "params.yaml", values())
        damage(folder / path)

    return make


MISTAKES = [
    Mistake(f"{kind}: {damage.__name__.replace('_', ' ')}", damaged(path, damage), (*command, *place), told)
    for kind, path, damages, command, place, told in (
        (
            *("weights of a cell", CELL.weights / "weights.safetensors"),
            (flipped, cut, emptied, gone, folder_instead, web_page, pickled, torch_pickled, of_other_shape),
            *(("encode",), OF_CELL, r"pdae/0/weights\.safetensors is cut off or altered: run diffrep train --dataset"),
        ),
        (
            *("raw weights of a cell", CELL.weights / "raw.safetensors"),
            *((flipped,), ("reconstruct",), OF_CELL, r"raw\.safetensors is cut off or altered: run diffrep train"),
        ),
        (
            *("settings of weights", CELL.weights / "settings.json"),
            (flipped, other_digit, emptied, a_list, deep, folder_instead, pickled),
            *(("encode",), OF_CELL, r"pdae/0/settings\.json (is|holds) .*: (delete it and run|run diffrep train)"),
        ),
        (
            *("codes", CODES),
            (flipped, cut, emptied, folder_instead, web_page, pickled, object_arrays, other_view),
            *(("probe",), OF_CELL, r"codes/pdae/0\.npz is cut off or altered: run diffrep encode --dataset"),
        ),
        (
            *("codes of other images", CODES),
            *((fewer_rows,), ("disentangle",), OF_CELL, r"0\.npz is of 63 train images, .* has 64: run diffrep encode"),
        ),
        (
            *("layout of codes", CELL.parts),
            *((flipped, other_digit, a_list), ("code_size",), OF_DATA, r"parts/pdae/0\.json (is|holds) .*: .*run "),
        ),
        (
            *("size of codes", SHARED.code_size),
            (other_digit, web_page),
            *(
                ("drawn_anchors",),
                (*OF_DATA, "--seed", "0"),
                r"code_size\.json is .*: .*run (its stage|diffrep code_size)",
            ),
        ),
        (
            *("base model", UNET),
            (flipped, cut, gone, pickled, pickle_beside),
            *(("train",), OF_CELL, r"diffusion_pytorch_model\.safetensors is cut off or altered: run diffrep base"),
        ),
        (
            *("configuration of the base model", UNET.with_name("config.json")),
            *((other_digit, gone), ("train",), OF_CELL, r"config\.json is cut off or altered: run diffrep base"),
        ),
        (
            *("card of the base model", CELL.repeat.base / "card.json"),
            *(
                (other_digit, deep),
                ("attribute_loss",),
                (*OF_DATA, "--seed", "0"),
                r"base/0/card\.json is .*: .*run (its stage|diffrep base)",
            ),
        ),
        (
            *("oracle", SHARED.oracle / "weights.safetensors"),
            (flipped, torch_pickled),
            *(("counterfactual",), OF_CELL, r"oracle/weights\.safetensors is cut off or altered: run diffrep oracle"),
        ),
        (
            *("accuracy of the oracle", SHARED.oracle / "card.json"),
            *(
                (other_digit,),
                ("counterfactual",),
                OF_CELL,
                r"oracle/card\.json is cut off or altered: run diffrep oracle",
            ),
        ),
        (
            *("features of real images", SHARED.references),
            *(
                (flipped, emptied),
                ("anchors",),
                OF_DATA,
                r"references\.npz is cut off or altered: run diffrep references",
            ),
        ),
        (
            *("prepared images", SHARED.data / "images.npy"),
            (flipped, cut, gone, pickled),
            *(("probe",), OF_CELL, r"images\.npy is (altered|truncated|missing).*: run `diffrep prepare"),
        ),
        (
            *("card of the data", SHARED.data / "card.json"),
            *(
                (other_digit, a_list, deep),
                ("probe",),
                OF_CELL,
                r"card\.json is truncated or altered: run `diffrep prepare",
            ),
        ),
        (
            *("result", RESULT),
            *(
                (other_digit, a_list, pickled, cut),
                ("report",),
                (),
                r"encode/result\.json (is|holds) .*run its stage again",
            ),
        ),
        (
            *("cost", RESULT.with_name("cost.json")),
            *((other_digit, emptied), ("report",), (), r"encode/cost\.json is .*run its stage again"),
        ),
        (
            *("curves", CELL.results("train") / "curves.csv"),
            *((other_digit,), ("report",), (), r"train/curves\.csv is cut off or altered: run its stage again"),
        ),
        (
            *("params.yaml", "params.yaml"),
            *((python_tag, pickled), ("encode",), OF_CELL, r"params\.yaml"),
        ),
    )
    for damage in damages
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
    assert not (tmp_path / "work" / "executed").exists()
