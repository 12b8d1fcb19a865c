"""Params that no run can have: each is told before anything is trained, with its key, its line or its limit."""

import pytest
import yaml
from mistakes import Mistake, expect_told, put

ROOMS = "shapes3d_rendered"
CODE = ("code",)


def text(make):
    """What changes the text of params.yaml, as bytes."""

    def change(folder):
        path = folder / "params.yaml"
        path.write_bytes(make(path.read_bytes()))

    return change


def behind(lines: str):
    """What adds lines to params.yaml."""
    return text(lambda before: before + lines.encode())


def without_file(folder):
    (folder / "params.yaml").unlink()


def folder_in_place(folder):
    without_file(folder)
    (folder / "params.yaml").mkdir()


def pipeline(dvc_yaml: str | None, lock: bytes | None = None):
    """What makes the folder a project of DVC, with this dvc.yaml and dvc.lock or without one."""

    def make(folder):
        (folder / ".dvc").mkdir()
        (folder / ".dvc" / "config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
        if dvc_yaml is not None:
            (folder / "dvc.yaml").write_text(dvc_yaml)
        if lock is not None:
            (folder / "dvc.lock").write_bytes(lock)

    return make


ONE_STAGE = "stages:\n  code:\n    cmd: diffrep code\n"

FILES = [
    (
        "a section twice",
        behind("\ntrain: {}\n"),
        r"params\.yaml is not YAML: line \d+: the key 'train' stands",
    ),
    ("a key twice in a section", text(lambda b: b"grid: {seed: [0], seed: [1]}\n"), "line 1: the key 'seed' stands"),
    ("two merges in one section", text(lambda b: b"a: {<<: {b: 1}, <<: {c: 2}}\n"), "line 1: the key '<<' stands"),
    ("a tab", text(lambda b: b"grid:\n\tdataset: []\n"), "is not YAML: line 2: found character"),
    ("an open bracket", text(lambda b: b"grid: [1\n"), r"is not YAML: line \d"),
    ("an unknown alias", text(lambda b: b"grid: *nowhere\n"), "line 1: found undefined alias 'nowhere'"),
    ("two documents", text(lambda b: b + b"---\na: 1\n"), "but found another document"),
    ("an object of Python", text(lambda b: b"a: !!python/object:os.system ls\n"), "could not determine a constructor"),
    ("an impossible date", text(lambda b: b"a: 2001-13-45\n"), "is not YAML: month must be in 1..12"),
    ("an alias within its anchor", text(lambda b: b"a: &x {b: *x}\n"), "has a section that holds itself"),
    ("a list for a key", text(lambda b: b"? [a, b]\n: 1\n"), r"the key \('a', 'b'\) is no text: put it in quotes"),
    ("a number for a key", behind("\n1: {}\n"), "the key 1 is no text: put it in quotes"),
    ("no UTF-8", text(lambda b: b"a: \xff\xfe\n"), r"params\.yaml is not YAML: its byte 3 is not UTF-8"),
    ("UTF-16", text(lambda b: b.decode().encode("utf-16")), "is not YAML: its byte 0 is not UTF-8"),
    ("a zero byte", text(lambda b: b"a: \x00\n"), "is not YAML: unacceptable character"),
    ("an empty file", text(lambda b: b""), r"params\.yaml holds no sections"),
    ("a list for a file", text(lambda b: b"- a\n"), r"params\.yaml holds no sections"),
    ("no file", without_file, r"no params\.yaml in .*: run diffrep from the top"),
    ("a folder for a file", folder_in_place, r"params\.yaml cannot be read: Is a directory"),
    ("yes for true", put("machine.compile", "yes"), r"machine\.compile is 'yes', which is not a bool"),
]


def web_page(folder):
    (folder / "weights.pth").write_text("<!DOCTYPE html><title>404</title>")


MISTAKES = [
    *(Mistake(f"params: {kind}", make, CODE, told) for kind, make, told in FILES),
    Mistake(
        "settings: a precision that a CPU lacks",
        put("machine.precision", "16-mixed"),
        ("base", "--dataset", ROOMS, "--seed", "0"),
        r"machine\.precision is '16-mixed', which a 'cpu' does not have: set 32-true",
    ),
    Mistake(
        "settings: a precision of one training that a CPU lacks",
        put("base.training.precision", "16-mixed"),
        ("base", "--dataset", ROOMS, "--seed", "0"),
        r"base\.training\.precision is '16-mixed', which a 'cpu' does not have: set 32-true",
    ),
    Mistake(
        "settings: a precision of one row that a CPU lacks",
        put("methods.pdae.training.precision", "16-mixed"),
        ("train", "--dataset", ROOMS, "--method", "pdae", "--seed", "0"),
        r"methods\.pdae\.training\.precision is '16-mixed', which a 'cpu' does not have: set 32-true",
    ),
    Mistake("pipeline: no dvc.yaml", pipeline(None), ("repro",), r"no stage in .*dvc\.yaml: get it back"),
    Mistake("pipeline: an empty dvc.yaml", pipeline(""), ("repro",), r"no stage in .*dvc\.yaml: get it back"),
    *(
        Mistake(f"pipeline: a lock that is {kind}", pipeline(ONE_STAGE, lock), ("repro",), r"dvc\.lock is damaged")
        for kind, lock in (
            ("cut off", b"schema: '2.0'\nstages:\n  code:\n    cmd: [diff"),
            ("half merged", b"<<<<<<< HEAD\nschema: '2.0'\n=======\nschema: '2.0'\n>>>>>>> b\n"),
            ("no text", b"\xff\xfe\x00"),
            ("a word", b"word\n"),
        )
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)


def test_weights_that_are_a_web_page_are_told_first(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DIFFREP_INCEPTION_WEIGHTS", "weights.pth")
    mistake = Mistake("settings: weights that are a web page", web_page, CODE, r"weights\.pth is a web page that was")
    expect_told(mistake, tmp_path / "work", capsys)


@pytest.mark.parametrize("number", ["1e-05", "1e-3", "1.0e-5", "0.00001", "+1e-3"])
def test_numbers_as_dvc_and_people_write_them_are_numbers(tmp_path, number):
    from dvc.utils.serialize import parse_yaml
    from tiny_cells import small_values

    from diffrep.pipelines.core.params import load

    lines = yaml.safe_dump(small_values()).replace("learning_rate: 0.0007", f"learning_rate: {number}")
    (tmp_path / "params.yaml").write_text(lines)
    assert load(tmp_path).train.learning_rate == float(number)
    assert parse_yaml(lines, "params.yaml")["train"]["learning_rate"] == float(number)
