"""Params that no run can have: each is told before anything is trained, with its key, its line or its limit."""

import pytest
import yaml
from mistakes import Mistake, changed, expect_told, put

ROOMS = "shapes3d_rendered"
CODE = ("code",)
PDAE, BASE, EDITS = "methods.pdae", "base.network", "evaluate.counterfactual"


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


def row(name: str):
    """What gives the grid a method of that name, which is the random encoder under another."""

    def change(values):
        values["grid"]["method"] = ["random", name]
        values["methods"][name] = {"adapter": "random", **values["methods"]["random"]}

    return changed(change)


def data(name: str, others: tuple[str, ...] = ()):
    """What renames the data set, and adds others that are the same."""

    def change(values):
        values["grid"]["dataset"] = [name, *others]
        for other in (name, *others):
            values["budgets"][other] = values["budgets"][ROOMS]
            values["datasets"][other] = {"adapter": ROOMS, **values["datasets"][ROOMS]}

    return changed(change)


def both(*makes):
    """One change after the other."""

    def make(folder):
        for each in makes:
            each(folder)

    return make


def dashed(folder):
    """Two data sets and two methods whose names joined by a dash are the same."""
    data("a", ("a-b",))(folder)

    def change(values):
        values["grid"]["method"] = ["b-c", "c"]
        values["methods"] |= {name: {"adapter": "random", **values["methods"]["random"]} for name in ("b-c", "c")}

    changed(change)(folder)


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
NAMES = [
    ("a row above the tree", row("../x"), r"grid\.method\[1\] is '../x', which must be of at most 64 letters"),
    ("a row with a command", row("a; touch x"), r"is 'a; touch x', which must be"),
    ("a row with a substitution", row("$(touch x)"), r"is '\$\(touch x\)', which must be"),
    ("a row like an option", row("--help"), "is '--help', which must be"),
    ("a row with a slash", row("a/b"), "is 'a/b', which must be"),
    ("a row with a space", row("my random"), "is 'my random', which must be"),
    ("a row with an at sign", row("a@b"), "is 'a@b', which must be"),
    ("a row with a dot", row("v1.5"), r"is 'v1\.5', which must be .*DVC would take a dot"),
    ("a hidden row", row(".x"), "is '.x', which must be"),
    ("a row of another alphabet", row("größe"), "is 'größe', which must be"),
    ("a row with an end of line", row("a\n"), r"is 'a\\n', which must be"),
    ("an empty row", row(""), "is '', which must be"),
    ("a row without end", row("a" * 65), "is 'a+', which must be of at most 64"),
    ("a row that is a brace", row("${x}"), r"is '\$\{x\}', which must be"),
    (
        "rows that differ in capitals",
        row("RANDOM"),
        r"grid\.method has 'random' and 'RANDOM', one folder",
    ),
    ("a row that is a folder of ours", row("Oracle"), "'Oracle' is a folder of the suite's own"),
    ("a data set above the tree", data("../x"), r"grid\.dataset\[0\] is '../x', which must be"),
    ("a data set with a command", data("a;b"), "is 'a;b', which must be"),
    ("a data set like an option", data("-x"), "is '-x', which must be"),
    ("cells of one name", dashed, "'a-b' and 'a' both make a-b-c: rename one"),
]
LIMITS = [
    ("no dimensions of a code", f"{PDAE}.code_dim", 0, r"methods\.pdae\.code_dim is 0, which must be greater than or"),
    ("a billion dimensions", f"{PDAE}.code_dim", 10**9, r"methods\.pdae on .* needs [\d,]+ GiB in training, more than"),
    ("dimensions beyond all sizes", f"{PDAE}.code_dim", 10**18, r"methods\.pdae: .*10{18}"),
    (
        "no scale of a code",
        f"{PDAE}.code_scale",
        float("nan"),
        r"methods\.pdae\.code_scale is nan, which must",
    ),
    ("a code times nothing", f"{PDAE}.code_scale", 0.0, "code_scale is 0.0, which must be greater than 0"),
    ("more dropout than all", f"{PDAE}.decoder.dropout", 1.5, r"decoder\.dropout is 1\.5, which must be less than 1"),
    ("an encoder without width", f"{PDAE}.encoder.channels", [], r"methods\.pdae: encoder\.channels=\[\]: give at"),
    (
        "a width that groups do not cut",
        f"{BASE}.channels",
        [7],
        r"base\.network: channels=\[7\]: every width must",
    ),
    ("a network without width", f"{BASE}.channels", [], r"base\.network: channels=\[\]: give at least one width"),
    ("no patch", f"{BASE}.patch", 0, r"base\.network: patch=0: must be at least 1"),
    ("a patch that images do not have", f"{BASE}.patch", 3, r"images of 16x16 cannot be cut by patch=3"),
    ("a level that is not there", f"{BASE}.attention_levels", [5], r"attention_levels=\[5\]: there are levels 0 to 1"),
    (
        "no width of the oracle",
        "oracle.channels",
        [],
        r"oracle\.channels is \[\], which must be a list",
    ),
    ("an oracle beyond memory", "oracle.channels", [2**20], r"oracle on .* GiB in training, more than"),
    ("no code vectors", "autoencoder.network.codebook", 0, r"autoencoder\.network\.codebook is 0, which must be"),
    ("a seed beyond 32 bits", "grid.seed", [2**32], r"grid\.seed\[0\] is 4294967296, which must be at most"),
    ("a count beyond 31 bits", "evaluate.probe.steps", 2**31, "steps is 2147483648, which must be at most"),
    ("more steps than times", "evaluate.reconstruct.decode_steps", 1001, "decode_steps is 1001, which must be at most"),
    (
        "more times than there are",
        "evaluate.diagnose.times",
        1001,
        "diagnose.times is 1001, which must be at most",
    ),
    ("threads without end", "machine.threads", 10**6, r"machine\.threads is 1000000, which must be at most 1024"),
    ("no word for a preset", "evaluate.preset", " ", r"evaluate\.preset is ' ', which must be a word"),
    (
        "a batch beyond the images",
        "train.batch_size",
        65,
        r"train\.batch_size is 65, but .* at most 64: it has",
    ),
    ("validation beyond its images", "train.valid_images", 41, r"train\.valid_images is 41, but .* at most 40"),
    ("validation below a batch", "train.valid_images", 4, r"train\.valid_images is 4, which must be at least 8"),
    ("a warm-up beyond the end", "train.warmup", 3, r"train\.warmup is 3, but .* at most 2: a training takes 2 steps"),
    ("more diagnosed than there are", "evaluate.diagnose.images", 41, r"diagnose\.images is 41, but .* at most 40"),
    ("more twins than there are", "evaluate.diagnose.pairs", 41, r"diagnose\.pairs is 41, but .* at most 40"),
    ("more to fit on than there are", "evaluate.disentangle.train", 31, r"disentangle\.train is 31, but .* at most 30"),
    ("none left to fit on", "evaluate.disentangle.test", 40, r"disentangle\.test is 40, but .* at most 39"),
    ("more reconstructed than there are", "evaluate.reconstruct.images", 41, r"reconstruct\.images is 41, but .* 40"),
    ("more pairs than there are", f"{EDITS}.pairs", 40, r"counterfactual\.pairs is 40, but .* at most 39"),
    (
        "more edits than real images",
        f"{EDITS}.images",
        33,
        r"counterfactual\.images is 33, but .* at most 32",
    ),
    ("more paths than pairs", f"{EDITS}.interpolated", 13, r"interpolated is 13, but .* at most 12: of 24 pairs half"),
    ("more drifts than pairs", f"{EDITS}.composed", 25, r"composed is 25, but .* at most 24"),
    ("more dims than a code has", f"{EDITS}.probe_dims", 5, r"probe_dims is 5, but the codes of methods\.pdae have 4"),
    ("a mask beyond a code", f"{EDITS}.mask_dims", 5, r"mask_dims is 5, but the codes of methods\.pdae have 4 dim"),
    (
        "images of no size",
        f"datasets.{ROOMS}.size",
        0,
        r"datasets\.shapes3d_rendered: size is at least 8 pixels",
    ),
    (
        "images below none",
        f"datasets.{ROOMS}.train",
        -1,
        r"datasets\.shapes3d_rendered: train \+ valid \+ test",
    ),
    ("no images to learn from", f"datasets.{ROOMS}.train", 0, r"batch_size is 8, but .* at most 0: it has 0 training"),
]


def web_page(folder):
    (folder / "weights.pth").write_text("<!DOCTYPE html><title>404</title>")


MISTAKES = [
    *(Mistake(f"params: {kind}", make, CODE, told) for kind, make, told in FILES),
    *(Mistake(f"names: {kind}", make, CODE, told) for kind, make, told in NAMES),
    *(Mistake(f"settings: {kind}", put(key, value), CODE, told) for kind, key, value, told in LIMITS),
    Mistake(
        "settings: a precision that a CPU lacks",
        put("machine.precision", "16-mixed"),
        ("base", "--dataset", ROOMS),
        r"machine\.precision is '16-mixed', which a 'cpu' does not have: set 32-true",
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
