"""Autoencoders of others that cannot be: told before anything is trained, with the file and the key."""

import shutil
from pathlib import Path

import pytest
from mistakes import Mistake, expect_told
from official_files import pdae_dpm
from official_guided import UNet, stirred
from published_autoencoder import SOURCE, imported, published
from quick_yaml import read, write
from tiny_cells import narrow

CODE = ("code",)
IMPORT = ("import-weights", "model.ckpt", "--kind", "ldm-vq", "--out", ".")


def standing(source=SOURCE, change=lambda folder: None):
    """What has params.yaml train EncDiff on an imported autoencoder, which is changed."""

    def make(folder):
        imported(folder)
        change(folder / SOURCE)
        values = read(folder / "params.yaml") | {"autoencoder": {"from": source}}
        values["grid"]["method"] = ["encdiff_latent"]
        values["methods"]["encdiff_latent"] = narrow("encdiff_latent")
        write(folder / "params.yaml", values)

    return make


def workspace(folder: Path) -> None:
    """What makes the folder one."""
    (folder / ".dvc").mkdir()


def of_a_base_model(folder: Path) -> None:
    """What puts a file of a diffusion model in the place of an autoencoder's."""
    workspace(folder)
    pdae_dpm(stirred(UNet((32, 32), (1,))).state_dict(), folder / "model.ckpt")


def cut_off(folder: Path) -> None:
    """What leaves half of an autoencoder's file."""
    workspace(folder)
    _theirs, path = published(folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_grey_images(folder: Path) -> None:
    """An autoencoder's file of images of one channel."""
    workspace(folder)
    published(folder, depth=1)


def damaged(folder: Path) -> None:
    """What changes a byte of the weights."""
    (path,) = (folder / "vq").glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")


MISTAKES = [
    Mistake(f"autoencoder.from: {kind}", make, CODE, told)
    for kind, make, told in [
        (
            "no such folder",
            standing("nowhere"),
            r"autoencoder\.from: nowhere is no folder: diffrep import-w",
        ),
        (
            "a file",
            standing("model.ckpt"),
            r"autoencoder\.from: model\.ckpt is a file, not a folder",
        ),
        (
            "a folder of something else",
            standing("imported"),
            r"from: imported holds no card\.json and vq/: it is no",
        ),
        ("altered weights", standing(change=damaged), r"vq/.*safetensors is cut off or altered: run diffrep import-we"),
        (
            "no weights",
            standing(change=lambda folder: shutil.rmtree(folder / "vq")),
            r"from: imported/theirs holds no card\.json and vq/: it is no autoencoder",
        ),
    ]
] + [
    Mistake(f"an autoencoder that is {kind}", make, IMPORT, told)
    for kind, make, told in [
        (
            "a diffusion model",
            of_a_base_model,
            r"seems to be the diffusion model under a PDAE \(pdae-dpm\), not a VQ",
        ),
        ("cut off", cut_off, r"model\.ckpt"),
        ("of grey images", of_grey_images, r"conv_in\.weight is \[32, 1, 3, 3\] where \[32, 3, 3, 3\] is due"),
    ]
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
