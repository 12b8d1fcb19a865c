"""Base models of others that cannot be: told before anything is trained, with the file and the key."""

import pytest
from diffusers_folders import WEIGHTS_OF_2022, edit, of_2022
from mistakes import Mistake, expect_told
from quick_yaml import read, write

CODE = ("code",)
CONFIG, PROCESS = "config.json", "scheduler_config.json"


def imported(source="theirs", change=lambda folder: None, loss_weight="lambda"):
    """What has params.yaml stand on a published model, which is changed."""

    def make(folder):
        of_2022(folder / "theirs")
        change(folder / "theirs")
        values = read(folder / "params.yaml") | {"base": {"from": source}}
        values["methods"]["pdae"]["decoder"]["loss_weight"] = loss_weight
        write(folder / "params.yaml", values)

    return make


def edited(name, **changes):
    """What changes keys of one of its files."""
    return imported(change=lambda folder: edit(folder / name, **changes))


def without(name):
    """What removes one of its files."""
    return imported(change=lambda folder: (folder / name).unlink())


def page(name):
    """What puts a page in the place of one of its files."""
    return imported(change=lambda folder: (folder / name).write_text("<!DOCTYPE html>"))


MISTAKES = [
    Mistake(f"base.from: {kind}", make, CODE, told)
    for kind, make, told in [
        ("no such folder", imported("nowhere"), r"base\.from: there is no folder nowhere, and no repository"),
        ("a file", imported("theirs/config.json"), r"base\.from: theirs/config\.json is a file: name the folder that"),
        ("a folder of something else", imported("."), r"base\.from: \. has no config\.json|no scheduler_config\.json"),
        ("no description", without(CONFIG), r"base\.from: theirs has no config\.json, nor unet/config\.json"),
        ("no process", without(PROCESS), r"base\.from: theirs has no scheduler_config\.json, nor scheduler/"),
        (
            "no weights",
            without(WEIGHTS_OF_2022),
            r"base\.from: theirs has no diffusion_pytorch_model\.safetensors, nor",
        ),
        ("a page for its description", page(CONFIG), r"theirs/config\.json is not JSON"),
        ("images of another size", edited(CONFIG, sample_size=64), r"base\.from: config\.json: sample_size is 64, but"),
        ("images of another depth", edited(CONFIG, in_channels=1, out_channels=1), "in_channels is 1, but the data"),
        ("a learned variance", edited(CONFIG, out_channels=6), r"theirs/config\.json: out_channels is 6 \(a learned"),
        ("told classes", edited(CONFIG, num_class_embeds=10), r"theirs/config\.json: num_class_embeds is 10, where"),
        ("another network", edited(CONFIG, _class_name="VQModel"), r"theirs/config\.json: _class_name is 'VQModel'"),
        (
            "velocities",
            edited(PROCESS, prediction_type="v_prediction"),
            r"prediction_type is 'v_prediction', where only",
        ),
        ("other betas", edited(PROCESS, beta_end=0.012), r"beta_schedule is 'linear' from 0\.0001 to 0\.012, none of"),
        ("other steps", edited(PROCESS, num_train_timesteps=4000), "num_train_timesteps is 4000, where only 1000"),
        (
            "a loss for images on one of noise",
            imported(loss_weight="x0"),
            r"methods\.pdae: loss_weight='x0' needs a ba",
        ),
    ]
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
