"""Checkpoints are read, whatever else is in them, and nothing of them is run."""

import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from types import SimpleNamespace

import official_files
import pytest
import torch

from diffrep.datasets.files.kinds import KINDS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.archive import read_checkpoint
from diffrep.pipelines.imports.unpickling import Inert


class Shell:
    """Runs a command when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def saved(path, content):
    torch.save(content, path)
    return path


def told(path):
    with pytest.raises(UserError) as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_tensors_of_every_kind_come_back_equal(tmp_path):
    base = torch.arange(24.0).reshape(4, 6)
    content = {
        "state": OrderedDict(
            plain=base,
            view=base[1:, ::2],
            turned=base.t(),
            parameter=torch.nn.Parameter(base + 1),
            counter=torch.tensor(7),
            half=base.half(),
            empty=torch.zeros(0, 3),
            flags=base > 3,
        ),
        "step": 3,
    }
    found = read_checkpoint(saved(tmp_path / "file.pt", content))
    assert found.content["step"] == 3
    assert not found.replaced
    for name, value in content["state"].items():
        assert torch.equal(found.content["state"][name], value), name


def test_shared_tensors_share_their_numbers(tmp_path):
    shared = torch.ones(3)
    found = read_checkpoint(saved(tmp_path / "file.pt", {"one": shared, "other": shared})).content
    assert found["one"].data_ptr() == found["other"].data_ptr()


def test_what_is_written_to_a_tensor_does_not_reach_the_file(tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.zeros(3)})
    read_checkpoint(path).content["weight"].add_(1)
    assert not read_checkpoint(path).content["weight"].any()


def test_a_command_in_a_file_is_not_run_and_is_told(tmp_path):
    marker = tmp_path / "marker"
    path = saved(tmp_path / "file.ckpt", {"state_dict": {"weight": torch.ones(2)}, "extra": Shell(f"touch {marker}")})
    found = read_checkpoint(path)
    assert torch.equal(found.content["state_dict"]["weight"], torch.ones(2))
    assert found.replaced == {"posix.system": 1}
    assert isinstance(found.content["extra"], Inert)
    assert not marker.exists()
    torch.load(path, weights_only=False)  # the file does what it is said to do
    assert marker.exists()


def test_lightnings_callbacks_and_configurations_are_inert(tmp_path):
    path = official_files.lightning({"weight": torch.ones(2)}, tmp_path / "last.ckpt")
    with pytest.raises(pickle.UnpicklingError):
        torch.load(path, weights_only=True)
    found = read_checkpoint(path)
    assert torch.equal(found.content["state_dict"]["weight"], torch.ones(2))
    (callback,) = found.content["callbacks"]
    assert issubclass(callback, Inert)


def test_nothing_that_a_file_names_is_imported(tmp_path, monkeypatch):
    (tmp_path / "their_package.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    config = type("Config", (), {"__module__": "their_package"})
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "their_package", SimpleNamespace(Config=config))
        path = saved(tmp_path / "file.ckpt", {"weight": torch.ones(2), "config": config()})
    assert read_checkpoint(path).replaced == {"their_package.Config": 1}
    assert "their_package" not in sys.modules


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>Google Drive - Virus scan warning", "a web page"),
        (b"\n\n<html><body>404", "a web page"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a pickle, as torch before 1.6"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of git-lfs"),
        (KINDS["hdf5"][0], "an HDF5 file"),
        (KINDS["gzip"][0], "a gzip archive"),
        (KINDS["npy"][0], "an array of numpy"),
        (KINDS["PNG"][0], "a picture"),
        (KINDS["JPEG"][0], "a picture"),
        (b"\x40\0\0\0\0\0\0\0" + b'{"__metadata__": {}}', "safetensors"),
        (b"seed: 0\n", "text"),
        (bytes(range(128, 200)) * 3, "of no kind that is known here"),
    ],
)
def test_another_file_is_told_by_what_it_seems_to_be(content, words, tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(content)
    assert words in told(path)
    assert str(path) in told(path)


def test_a_file_that_is_not_there(tmp_path):
    assert told(tmp_path / "none.pt") == f"{tmp_path / 'none.pt'} is not there"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95, 0.999])
def test_a_file_that_is_cut_off(share, tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.randn(5000)})
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert "is cut off" in told(path)


def test_a_zip_of_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "vq-f4.zip", "w") as archive:
        archive.writestr("model.ckpt", b"")
    assert "a zip of files (model.ckpt): unpack it first" in told(tmp_path / "vq-f4.zip")


def rewritten(path, target, change, **options):
    """A checkpoint with its records changed: change(name, bytes) -> bytes, or None to leave one out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", **options) as archive:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                archive.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, content: None if name.endswith("data/0") else content, "lacks its record data/0"),
        (lambda name, content: content[:8] if name.endswith("data/0") else content, "is cut off in its record data/0"),
        (lambda name, content: content[:-9] if name.endswith("data.pkl") else content, "makes no checkpoint"),
        (lambda name, content: b"big" if name.endswith("byteorder") else content, "big-endian"),
    ],
)
def test_a_file_that_somebody_changed(change, words, tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.randn(50)})
    assert words in told(rewritten(path, tmp_path / "other.pt", change))


def test_a_file_that_was_packed_anew(tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.randn(50)})
    target = rewritten(path, tmp_path / "other.pt", lambda _, content: content, compression=zipfile.ZIP_DEFLATED)
    assert "was packed anew by another program" in told(target)


def test_numbers_kept_in_another_way(tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.randn(50)})
    target = rewritten(path, tmp_path / "other.pt", lambda _, content: content.replace(b"storage", b"storeys"))
    assert "in a way that is not known here" in told(target)


def test_a_tensor_beyond_its_record(tmp_path):
    path = saved(tmp_path / "file.pt", {"weight": torch.zeros(50)})
    target = rewritten(path, tmp_path / "other.pt", lambda _, content: content.replace(b"K2\x85", b"KP\x85"))
    assert "makes no checkpoint" in told(target)
