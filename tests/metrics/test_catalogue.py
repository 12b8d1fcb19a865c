"""The table of metrics: what it says of each is what the metric gives, and the package finds every function in it."""

import ast
import inspect
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from known_codes import CODES, FACTORS

import diffrep.metrics
from diffrep.metrics import entry
from diffrep.metrics.catalogue import METRICS
from diffrep.metrics.entry import CODES as CODES_ALONE
from diffrep.metrics.entry import PARTS, PRESETS, REFERENCE, Sample

FILES = Path(entry.__file__).parent
COUNT = {CODES_ALONE: 1, PARTS: 4}  # arguments without a name; 2 for all others
ROWS = 240


def python(*lines: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_gives_the_numbers_of_its_entry(metric):
    known = FACTORS[:ROWS] if "factors" in metric.of else (FACTORS[:ROWS] > 3).astype(int)
    given = (CODES["noisy"][:ROWS], known) * 2
    taken = inspect.signature(metric.load()).parameters
    fast = {"rounds": 2, "train_votes": 100, "test_votes": 100, "steps": 10, "probes": 1}
    measured = metric.load()(
        *given[: COUNT.get(metric.rows, 2)], **{k: v for k, v in {"seed": 0, **fast}.items() if k in taken}
    )
    assert sorted(measured) == sorted(number.name for number in metric.numbers)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_an_entry_fits_its_function(metric):
    parameters = inspect.signature(metric.load()).parameters
    assert sum(p.kind is not p.KEYWORD_ONLY for p in parameters.values()) == COUNT.get(metric.rows, 2)
    assert {name for given in metric.arguments.values() for name in given} <= set(parameters)
    assert {p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty} <= {"seed"}
    assert {*metric.presets, *metric.arguments} <= set(PRESETS)
    assert set(metric.grows_with) <= set(REFERENCE.sizes())
    assert {number.better for number in metric.numbers} <= {"up", "down", ""}


def test_no_two_numbers_share_a_name():
    names = [number.name for metric in METRICS.values() for number in metric.numbers]
    assert len(names) == len(set(names))


def test_a_cost_is_measured_at_the_reference_and_grows():
    dci, twice = METRICS["dci"], Sample(20_000, 5_000, 4, REFERENCE.values)
    assert dci.estimate(REFERENCE) == pytest.approx(dci.seconds)
    assert dci.estimate(twice) == pytest.approx(dci.seconds)


@pytest.mark.parametrize(
    ("chance", "value"),
    [
        (entry.one_factor, 0.5),
        (entry.one_value, 0.3125),
        (entry.prevalence, 0.375),
        (entry.all_positive, (0.4 + 2 / 3) / 2),
        (entry.pooled_positive, 0.75 / 1.375),
    ],
)
def test_chance_of_a_sample(chance, value):
    assert chance(Sample(10, 10, 3, (2, 8), (0.25, 0.5))) == pytest.approx(value)
    assert math.isnan(chance(Sample(10, 10, 3, ())))


def test_chance_is_that_of_noise():
    sample = Sample(3000, 1500, 8, tuple(len(np.unique(column)) for column in FACTORS.T))
    voted = METRICS["factor_vae"].load()(CODES["noise"], FACTORS, seed=0)
    assert voted["factor_vae"] == pytest.approx(entry.one_factor(sample), abs=0.03)


def test_importing_the_package_loads_nothing_heavy():
    lines = ("import sys, diffrep.metrics", "print(*{name.split('.')[0] for name in sys.modules})")
    assert set(python(*lines).split()) & {"numpy", "scipy", "sklearn", "torch", "torchmetrics", "numba"} == set()


@pytest.mark.parametrize(
    "lines",
    [
        ("from diffrep.metrics import mig",),
        ("import diffrep.metrics.disentanglement.mig", "from diffrep.metrics import mig"),
        ("from diffrep.metrics import mig", "import diffrep.metrics.disentanglement.mig"),
        (
            "from diffrep.metrics.disentanglement.mig import mig as own",
            "from diffrep.metrics import mig",
            "assert own is mig",
        ),
        ("from diffrep.metrics import dci, dci_permutation", "import diffrep.metrics.disentanglement.mig as mig"),
        ("import diffrep.metrics", "mig = diffrep.metrics.disentanglement.mig"),
        ("import importlib", "mig = importlib.import_module('diffrep.metrics.disentanglement.mig').mig"),
        ("import pickle", "from diffrep.metrics import mig", "mig = pickle.loads(pickle.dumps(mig))"),
    ],
)
def test_a_name_of_the_package_is_its_function(lines):
    say = "import diffrep.metrics; print(type(mig).__name__, mig is diffrep.metrics.disentanglement.mig)"
    assert python(*lines, say) == "function True"


def test_a_file_without_such_a_function_stays_a_module():
    assert python("from diffrep.metrics import codes", "print(type(codes).__name__)") == "module"


def test_every_function_named_as_its_file_is_the_packages():
    named = {
        path.stem
        for path in FILES.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == path.stem
    }
    assert named <= set(diffrep.metrics.FUNCTIONS)
    assert {metric.path.partition(":")[2] for metric in METRICS.values()} <= set(dir(diffrep.metrics))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = diffrep.metrics.nope
