"""Result files that are not what stages write: told where they are read, never dropped out of a mean in silence."""

import json
import shutil
from functools import partial

import pytest
from mistakes import Mistake, expect_told

from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.paths import Cell, Repeat, code, cost_file, result_file
from diffrep.pipelines.stages.report import REFERENCE

ROOMS, ROWS, SEEDS = "shapes3d_rendered", ("pdae", "random"), (0, 1)
COMPARE = ("compare", "results", "results")
CHANGED = Cell(ROOMS, "random", 1)
PATH = r"results/shapes3d_rendered/random/1/probe/result\.json"


def probed(method, seed):
    """The content of a result file of the stage `probe`."""
    identity = {"stage": "probe", "dataset": ROOMS, "method": method, "seed": seed, "preset": "smoke"}
    return identity | {"average_precision": 0.5, "params_hash": "ab", "reasons": {}, "notes": {}}


def hashed(folder):
    """The hashes of the report's code and of the reference's tables, of which there are none on record."""
    for path in (folder / code("report"), folder / REFERENCE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def results(folder):
    """Of every cell of the grid the result of one stage."""
    hashed(folder)
    for method in ROWS:
        for seed in SEEDS:
            path = result_file(folder / Cell(ROOMS, method, seed).results("probe"))
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(probed(method, seed)))
            sealed(path.parent)


def sealed(folder):
    """The cost of the results in a folder, which vouches for them."""
    write_card(cost_file(folder), {"wall_seconds": 1.0, "peak_memory_mib": 1}, of=folder)


def written(folder, content, spoil=sealed):
    """These results, and another content of one file: a text, or bytes; then what is done to its folder."""
    results(folder)
    path = result_file(folder / CHANGED.results("probe"))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    spoil(path.parent)


def without_cost(folder):
    cost_file(folder).unlink()


def without_seal(folder):
    cost_file(folder).write_text('{"wall_seconds": 1.0}')


def another_anchor(folder):
    """The noise of seed 0 in the place of that of seed 1; with results of all cells."""
    results(folder)
    for seed in SEEDS:
        path = result_file(folder / Repeat(ROOMS, seed).anchor("noise", "probe"))
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(probed("noise", 0)))
        sealed(path.parent)


def with_values(spoil=sealed, **changes):
    """These results with other values in one file."""
    return partial(written, content=json.dumps(probed("random", 1) | changes), spoil=spoil)


def without_a_seed(folder):
    results(folder)
    result_file(folder / CHANGED.results("probe")).unlink()


def without_an_anchor(folder):
    another_anchor(folder)
    shutil.rmtree(folder / Repeat(ROOMS, 1).anchors)


def kind(words, make, told, command=("report",)):
    return Mistake(f"results: {words}", make, command, told)


MISTAKES = [
    kind("none at all", hashed, "no results of any method below results: run diffrep repro first"),
    kind("a seed that lacks", without_a_seed, f"{PATH} is missing, and other seeds have theirs: run diffrep repro"),
    kind("a number as text", with_values(f1="0.5"), f"{PATH}: f1 is '0.5', which is no finite number: run its stage"),
    kind("true for a number", with_values(f1=True), f"{PATH}: f1 is True, which is no finite number"),
    kind("a list for a number", with_values(f1=[0.5]), rf"{PATH}: f1 is \[0\.5\], which is no finite number"),
    kind("a mapping for a number", with_values(f1={}), f"{PATH}: f1 is {{}}, which is no finite number"),
    kind("NaN", with_values(f1=float("nan")), f"{PATH} is not whole JSON .it holds NaN, where stages write null"),
    kind("infinity", with_values(f1=float("inf")), f"{PATH} is not whole JSON .it holds Infinity"),
    kind(
        "a number beyond all",
        lambda folder: written(folder, json.dumps(probed("random", 1))[:-1] + ', "f1": 1e999}'),
        f"{PATH}: f1 is inf, which",
    ),
    kind("a number of 400 digits", with_values(f1=10**400), f"{PATH}: f1 is 10+, which is no finite number"),
    kind(
        "altered and no cost", with_values(without_cost, f1=0.9), "random/1/probe/cost.json is missing: run the stage"
    ),
    kind(
        "altered and no seal", with_values(without_seal, f1=0.9), "probe/cost.json is cut off or altered: run its stage"
    ),
    kind("a file of no method", with_values(method=None), f"{PATH} has no method: run its stage again"),
    kind(
        "a file without its settings", with_values(params_hash=None), f"{PATH} has no params_hash: run its stage again"
    ),
    kind(
        "another seed's anchor", another_anchor, r"drawn_anchors/1/noise/probe/result\.json is a result of seed 0, not"
    ),
    kind(
        "an anchor's seed that lacks", without_an_anchor, r"1/noise/probe/result\.json is missing, and other seeds have"
    ),
    kind("a name that other seeds have not", with_values(average_precisoin=0.5), "has no 'average_precisoin', which "),
    kind("another seed's file", with_values(seed=0), f"{PATH} is a result of seed 0, not of 1: run its stage again"),
    kind("another method's file", with_values(method="pdae"), f"{PATH} is a result of method 'pdae', not of 'random'"),
    kind("another data set's", with_values(dataset="dots"), f"{PATH} is a result of dataset 'dots', not of"),
    kind("another stage's file", with_values(stage="train"), f"{PATH} is a result of stage 'train', not of 'probe'"),
    kind("another preset", with_values(preset="full"), f"{PATH} has preset 'full' but .* has 'smoke'"),
    kind("reasons in a list", with_values(reasons=["x"]), rf"{PATH}: reasons is \['x'\], which is no mapping"),
    kind("an interval of one end", with_values(intervals={"f1": [0.1]}), rf"{PATH}: intervals\.f1 is \[0\.1\], which"),
    kind("noise of no source", with_values(noise={"mig": 0.1}), rf"{PATH}: noise\.mig is 0\.1, which is no mapping"),
    kind(
        "noise of null", with_values(noise={"mig": {"rows": None}}), rf"{PATH}: noise\.mig is .*no mapping to numbers"
    ),
    kind("an interval of words", with_values(intervals={"f1": ["a", "b"]}), f"{PATH}: intervals.f1 is .*no two"),
    kind("a list for a file", partial(written, content="[]"), f"{PATH} holds a JSON list, not an object"),
    kind("a file that is cut off", partial(written, content='{"f1": 0.'), f"{PATH} is not whole JSON"),
    kind("an empty result", partial(written, content=""), f"{PATH} is not whole JSON"),
    kind("bytes that are no text", partial(written, content=b"\xff\xfe"), f"{PATH} is not whole JSON"),
    kind("no tree to compare", results, "data is no tree of results", ("compare", "results", "data")),
    kind("NaN in a tree", with_values(f1=float("nan")), f"{PATH} is not whole JSON", COMPARE),
    kind("a list in a tree", partial(written, content="[]"), f"{PATH} holds a JSON list, not an object", COMPARE),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
