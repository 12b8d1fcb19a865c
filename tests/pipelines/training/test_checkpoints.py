"""A training goes on from the very bytes that were written and from nothing else; damage is said in one line."""

import itertools
import os
import pickle
import shutil
import tracemalloc
import zipfile
from types import SimpleNamespace

import pytest
import torch
from tiny_training import network, train

from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.training.checkpoints import WholeCheckpoint, is_sound, resumable, sign, steps_done

IDENTITY = {"seed": 0, "settings": {"learning_rate": 0.01}}
CONTENT = {"global_step": 8, "weights": torch.arange(12.0)}


@pytest.fixture
def folder(tmp_path):
    """An unfinished training of eight steps."""
    folder = tmp_path / "partial"
    write_json(folder / "settings.json", IDENTITY)
    WholeCheckpoint().save_checkpoint(CONTENT, folder / "last.ckpt")
    return folder


def flipped(path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(content)


def test_a_checkpoint_is_an_archive_that_torch_and_others_read(folder):
    path = folder / "last.ckpt"
    assert zipfile.ZipFile(path).testzip() is None
    assert torch.load(path, weights_only=True)["weights"].tolist() == CONTENT["weights"].tolist()
    assert steps_done(path) == 8


def test_a_training_goes_on_from_its_checkpoint(folder, capsys):
    assert resumable(folder, IDENTITY, "tiny") == folder / "last.ckpt"
    assert capsys.readouterr().err == "tiny: going on from the last checkpoint\n"


def test_one_bit_anywhere_is_noticed(folder):
    path = folder / "last.ckpt"
    for place in range(path.stat().st_size):
        flipped(path, place)
        assert not is_sound(path), place
        flipped(path, place)
    assert is_sound(path)


def as_folder(path):
    path.unlink()
    path.mkdir()


def as_link_to_nothing(path):
    path.unlink()
    path.symlink_to("gone")


class Hostile:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def signed_pickle(path):
    """A hostile checkpoint with the right sum."""
    torch.save({"global_step": Hostile()}, path)
    sign(path)


def without_steps(path):
    WholeCheckpoint().save_checkpoint({}, path)


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: os.truncate(path, 900),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "a flipped bit": lambda path: flipped(path, 700),
    "no sum": lambda path: torch.save(CONTENT, path),
    "text": lambda path: path.write_text("<html>"),
    "a folder": as_folder,
    "a link to nothing": as_link_to_nothing,
    "a pickle": lambda path: path.write_bytes(pickle.dumps(Hostile())),
    "a pickle with its sum": signed_pickle,
    "without steps": without_steps,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["last.ckpt", "settings.json"])
def test_what_is_damaged_starts_afresh_with_one_line(folder, capsys, monkeypatch, name, damage):
    monkeypatch.chdir(folder.parent)
    DAMAGES[damage](folder / name)
    assert resumable(folder, IDENTITY, "tiny") is None
    assert capsys.readouterr().err in (
        f"tiny: {folder / name} is damaged, starting afresh\n",
        "tiny: settings, code or data changed, starting afresh\n",
    )
    assert [path.name for path in folder.iterdir()] == ["settings.json"]
    assert resumable(folder, IDENTITY, "tiny") is None
    assert capsys.readouterr().err == ""
    assert not (folder.parent / "executed").exists()


@pytest.mark.parametrize("content", ["[]", "null", "3", '"text"', "[" * 10_000], ids=len)
def test_settings_of_another_type_start_afresh(folder, capsys, content):
    (folder / "settings.json").write_text(content)
    assert resumable(folder, IDENTITY, "tiny") is None
    assert capsys.readouterr().err == f"tiny: {folder}/settings.json is damaged, starting afresh\n"


def test_a_file_in_the_place_of_the_folder_starts_afresh(folder, capsys):
    shutil.rmtree(folder)
    folder.write_text("")
    assert resumable(folder, IDENTITY, "tiny") is None
    assert capsys.readouterr().err == f"tiny: {folder} is no folder, starting afresh\n"


def test_a_folder_on_another_disk_stays_where_it_is(folder, tmp_path):
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    flipped(elsewhere / "last.ckpt", 700)
    assert resumable(folder, IDENTITY, "tiny") is None
    assert folder.is_symlink()
    assert [path.name for path in elsewhere.iterdir()] == ["settings.json"]


def test_other_processes_come_to_the_same_answer_and_say_nothing(folder, capsys):
    assert resumable(folder, IDENTITY, "tiny", first=False) == folder / "last.ckpt"
    flipped(folder / "last.ckpt", 700)
    assert resumable(folder, IDENTITY, "tiny", first=False) is None
    assert (folder / "last.ckpt").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("minutes", "steps"), [(0, [4, 8, 12]), (1.5, [8, 12]), (1000, [12])])
def test_checkpoints_are_written_by_the_clock_and_at_the_end(tmp_path, monkeypatch, minutes, steps):
    """A chunk of four steps takes a minute."""
    saved, plain, ticks = [], WholeCheckpoint.save_checkpoint, itertools.count(0, 60)

    def save_checkpoint(self, checkpoint, path, storage_options=None):
        saved.append(checkpoint["global_step"])
        plain(self, checkpoint, path, storage_options)

    monkeypatch.setattr(WholeCheckpoint, "save_checkpoint", save_checkpoint)
    monkeypatch.setattr("diffrep.pipelines.training.checkpoints.time", SimpleNamespace(monotonic=lambda: next(ticks)))
    train(tmp_path, network(), machine={"checkpoint_minutes": minutes})
    assert saved == steps


def test_a_checkpoint_passes_through_no_copy_in_memory(tmp_path):
    """64 MB are written and read again with a few more megabytes than the weights themselves take."""
    checkpoint = {"weights": torch.zeros(2**24)}
    tracemalloc.start()
    WholeCheckpoint().save_checkpoint(checkpoint, tmp_path / "last.ckpt")
    assert is_sound(tmp_path / "last.ckpt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24
