"""The catalogue: what it says of each function is what the function gives, and the package finds every one in it."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from known_codes import CODES, FACTORS

import diffrep.metrics
from diffrep.metrics import catalogue
from diffrep.metrics.catalogue import ALONE, BOTH, CATALOGUE, LIBRARY, METRICS, PRESETS, REFERENCE, number

FILES = Path(catalogue.__file__).parent
COUNT = {ALONE: 1, BOTH: 4}  # arguments without a name; 2 for all others
ROWS = 240
HEAVY = {"numpy", "scipy", "sklearn", "torch", "torchmetrics", "numba"}


def python(*lines: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_gives_the_numbers_of_its_entry(metric):
    known = FACTORS[:ROWS] if "factors" in metric.of else (FACTORS[:ROWS] > 3).astype(int)
    given = (CODES["noisy"][:ROWS], known) * 2
    taken = inspect.signature(metric.load()).parameters
    fast = {"rounds": 2, "trees": 2, "train_votes": 100, "test_votes": 100, "steps": 10, "probes": 1}
    measured = metric.load()(
        *given[: COUNT.get(metric.rows, 2)], **{k: v for k, v in {"seed": 0, **fast}.items() if k in taken}
    )
    assert sorted(measured) == sorted(metric.numbers)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_an_entry_fits_its_function(metric):
    parameters = inspect.signature(metric.load()).parameters
    assert sum(p.kind is not p.KEYWORD_ONLY for p in parameters.values()) == COUNT.get(metric.rows, 2)
    assert {name for given in metric.arguments.values() for name in given} <= set(parameters)
    assert {p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty} <= {"seed"}
    assert {*metric.presets, *metric.arguments} <= set(PRESETS)
    assert set(metric.grows_with) <= set(REFERENCE.sizes())


@pytest.mark.parametrize("name", sorted(diffrep.metrics.functions()))
def test_every_function_is_there_with_its_numbers(name):
    assert inspect.isfunction(getattr(diffrep.metrics, name))
    rows = {metric.path.partition(":")[2]: metric for metric in METRICS.values()} | LIBRARY
    assert [number for number in rows[name].numbers if number not in CATALOGUE] == []


def test_no_number_is_given_by_two_metrics():
    names = [name for metric in METRICS.values() for name in metric.numbers]
    assert len(names) == len(set(names))


def test_no_fact_stands_twice():
    assert len(CATALOGUE) == len(catalogue._ROWS)
    assert len(LIBRARY) == len(catalogue._FUNCTIONS)
    assert not set(LIBRARY) & {metric.path.partition(":")[2] for metric in METRICS.values()}


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=CATALOGUE)
def test_a_row_says_all_that_a_table_needs(row):
    assert row.better in ("up", "down", "")
    assert row.title
    assert row.meaning.endswith((".", ":"))
    assert row.digits in range(6)
    assert row.chance or row.chance_of is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("f1_micro_colour", "F1 micro, colour"),
        ("f1_colour", "F1, colour"),
        ("accuracy_floor_hue", "oracle accuracy, floor_hue"),
        ("denoise_error_own_t499", "error at 499, its own code"),
        ("denoise_error_own_t999", "error, its own code"),
        ("attribute_loss_floor_hue_t99", "loss of floor_hue at 99"),
        ("accuracy_logistic_10", "accuracy, logistic regression, 10 rows"),
    ],
)
def test_a_name_of_a_family_has_its_row(name, title):
    assert number(name).title == title


def test_an_unknown_number_has_no_row():
    assert number("nope") is None


def test_importing_the_package_loads_nothing_heavy():
    lines = ("import sys, diffrep.metrics.catalogue", "print(*{name.split('.')[0] for name in sys.modules})")
    assert set(python(*lines).split()) & HEAVY == set()


def test_a_name_of_the_package_is_its_function():
    lines = (
        "import pickle, diffrep.metrics",
        "from diffrep.metrics import dci, dci_permutation, mig",
        "import diffrep.metrics.disentanglement.mig as module",
        "from diffrep.metrics import mig as again",
        "print(mig is again is module.mig is pickle.loads(pickle.dumps(mig)), type(diffrep.metrics.codes).__name__)",
    )
    assert python(*lines) == "True module"


def test_every_function_named_as_its_file_is_the_packages():
    named = {
        path.stem
        for path in FILES.rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == path.stem
    }
    assert named <= set(diffrep.metrics.functions()) <= set(dir(diffrep.metrics))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = diffrep.metrics.nope
