"""Every mistake in an adapter's own section is one line, ours and those from outside the repository."""

from pathlib import Path

import pytest
from changed_params import COMMITTED, GONE, ROOT, changed, checked

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import load, parsed
from diffrep.pipelines.stages.code import adapter_hashes

ADAPTER_MISTAKES = {
    "unknown key": ("methods.pdae.code_dims", 3, r"methods\.pdae: unknown key 'code_dims': did you mean 'code_dim'\?"),
    "missing key": ("methods.pca.code_dim", GONE, r"params\.yaml: methods\.pca lacks the key 'code_dim'"),
    "wrong type": (
        "methods.pca.code_dim",
        "many",
        r"params\.yaml: methods\.pca\.code_dim is 'many', which is not a int",
    ),
    "text for numbers": (
        "methods.random.encoder.channels",
        "64",
        r"params\.yaml: methods\.\w+\.encoder\.channels is '64', .*",
    ),
    "text among numbers": (
        "methods.random.encoder.channels",
        [64, "96"],
        r"params\.yaml: .*encoder\.channels\[1\] is '96', .*",
    ),
    "text for a number or nothing": (
        "methods.random.encoder.attention",
        "no",
        r"params\.yaml: .*attention is 'no', .*",
    ),
    "data set's unknown key": (
        "datasets.shapes3d_rendered.sizes",
        3,
        r"datasets\.shapes3d_rendered: unknown key 'sizes': .*",
    ),
    "data set's missing key": (
        "datasets.shapes3d_rendered.seed",
        GONE,
        r"params\.yaml: datasets\.shapes3d_rendered lacks the key 'seed'",
    ),
    "own module that is not there": (
        "methods.pca.adapter",
        "nowhere.pca:PCA",
        r"cannot import method 'nowhere\.pca:PCA': .*",
    ),
    "own class that is not there": ("methods.pca.adapter", "json:PCA", r"cannot import method 'json:PCA': .*"),
}

OWN = '''
"""A method from outside the repository."""
from torch import nn


class Own(nn.Module):
    needs, parts, cannot = (), [], {"decode": "it does not", "invert": "it does not"}

    def __init__(self, image_shape, *, code_dim: int):
        super().__init__()

    def encode(self, images):
        return {"z": images.flatten(1)}
'''


def own_method(folder: Path, monkeypatch, **section) -> dict:
    """The committed parameters with a method of one's own in the grid."""
    (folder / "own_method.py").write_text(OWN)
    monkeypatch.syspath_prepend(folder)
    params = changed("methods.own", {"adapter": "own_method:Own", **section})
    params["grid"]["method"].append("own")
    return params


@pytest.mark.parametrize(("path", "value", "line"), ADAPTER_MISTAKES.values(), ids=ADAPTER_MISTAKES)
def test_mistake_in_an_adapters_section_is_one_line(tmp_path, monkeypatch, path, value, line):
    monkeypatch.chdir(tmp_path)
    params = parsed(changed(path, value))
    with pytest.raises(UserError, match=f"^{line}$"):
        adapter_hashes(params)


def test_committed_adapters_fit_their_sections():
    written = {path.stem for path in adapter_hashes(load(ROOT))}
    assert written == {*COMMITTED["grid"]["method"], *COMMITTED["grid"]["dataset"]}


def test_own_adapter_is_taken_from_outside(tmp_path, monkeypatch):
    params = checked(own_method(tmp_path, monkeypatch, code_dim=3))
    assert "own_method" in adapter_hashes(params)[Path("runs/code/methods/own.json")]["code"]


def test_own_adapters_unknown_key_is_told(tmp_path, monkeypatch):
    params = checked(own_method(tmp_path, monkeypatch, code_dim=3, code_size=3))
    with pytest.raises(UserError, match=r"^methods\.own: unknown key 'code_size': did you mean 'code_dim'\?$"):
        adapter_hashes(params)
