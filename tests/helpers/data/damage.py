"""Ways in which a file is not what was written, each done to the file at a path."""

import os
import pickle

import numpy as np
import torch
from safetensors.torch import save_file


class Hostile:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def emptied(path):
    path.write_bytes(b"")


def gone(path):
    path.unlink()


def folder_instead(path):
    path.unlink()
    path.mkdir()


def web_page(path):
    path.write_text("<html>Sign in first</html>")


def pickled(path):
    path.write_bytes(pickle.dumps(Hostile()))


def torch_pickled(path):
    torch.save({"weights": Hostile()}, path)


def object_arrays(path):
    np.savez(path, **{f"z_{split}": np.array([Hostile()], dtype=object) for split in ("train", "valid", "test")})


def pickle_beside(path):
    torch.save({"conv_in.weight": Hostile()}, path.with_suffix(".bin"))
    path.unlink()


def a_list(path):
    path.write_text("[1, 2]")


def deep(path):
    path.write_text("[" * 100_000)


def other_digit(path):
    """Still JSON, another number."""
    text = path.read_text()
    place = next(i for i in range(len(text) - 1, 0, -1) if text[i] in "12345678")
    path.write_text(f"{text[:place]}{int(text[place]) + 1}{text[place + 1 :]}")


def of_other_shape(path):
    save_file({"weight": torch.zeros(3)}, path)


def fewer_rows(path):
    with np.load(path) as arrays:
        kept = {name: arrays[name][:-1] for name in arrays.files}
    np.savez(path, **kept)


def other_view(path):
    np.savez(path, z_train=np.zeros((3, 2)))


def python_tag(path):
    path.write_text("grid: !!python/object/apply:os.mkdir [executed]\n")
