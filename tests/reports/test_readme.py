"""The README holds the committed numbers, digit for digit, in few words, and leads to what is there."""

import functools
import re
from pathlib import Path

import pytest
import yaml

from diffrep.pipelines.core.params import load
from diffrep.pipelines.study import so_far, study_of
from diffrep.reports.pages.dataset import DatasetResults, gathered
from diffrep.reports.pages.difference_table import WORSE
from diffrep.reports.pages.front_page import Front, front_of

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reports" / "reference" / "rooms"
TESTED = 3  # seeds that a test of a difference wants
SEEDS = list((REFERENCE / "results").glob("*/pca/*"))
HOME = REFERENCE if len(SEEDS) >= TESTED else ROOT  # whose numbers it shows: the reference's, once it says how sure
README = (ROOT / "README.md").read_text()
ONE_LINE = " ".join(README.split())
SHOWN = ("average_precision", "dci_disentanglement", "mse_random_start", "exact_gain_direction")
WORDS = ("one", "two", "three", "four", "five")


@pytest.fixture(autouse=True)
def at_the_top(monkeypatch):
    monkeypatch.chdir(HOME)


@functools.cache
def committed() -> tuple[DatasetResults, Front]:
    """The first data set of the committed results with what its page says first."""
    study = so_far(study_of(load()))
    data = gathered(Path(), Path("reports"), study)[0]
    front = front_of(data, study)
    assert front is not None
    return data, front


def expected() -> str:
    """The table as it should be: the front page's, with a column for each of the numbers that are shown."""
    _, front = committed()
    kept = [i for i, column in enumerate(front.columns) if column.name in SHOWN]
    head = ["method", *(front.columns[i].heading for i in kept), "minutes a seed ↓"]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for found, mark in ((front.methods, ""), (front.controls, "*")):
        for row, cells, cost in found:
            numbers = [dressed(cells[i]) for i in kept]
            lines.append([f"{mark}{row.name}{mark}", *numbers, cost.text])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def dressed(cell) -> str:
    return (f"**{cell.text}**" if cell.bold else cell.text) + (WORSE if WORSE in cell.marks else "")


def test_its_table_is_that_of_the_results():
    start = README.index("| method |")
    assert README[start : README.index("\n\n", start)] == expected()


def test_rows_whose_minutes_hold_a_base_model_are_named():
    data, _ = committed()
    names = [cost.name for cost in data.costs if cost.base]
    listed = re.search(r"base model's where a row stands on one \(([^)]*)\)", ONE_LINE)
    assert listed
    assert listed[1].lower().split(", ") == names


def test_its_picture_is_that_of_the_same_run():
    data, _ = committed()
    (picture,) = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert ROOT / picture == HOME / "reports" / "figures" / f"{data.name}-ranks.png"


def test_what_it_says_of_the_scale_is_what_was_run():
    data, _ = committed()
    assert f"on `{data.name}`" in README
    section = yaml.safe_load(Path("params.yaml").read_text())
    trained = [row for row in data.rows if row.name == "pdae"]
    steps = int(trained[0].scores["steps"].mean or 0)
    assert f"{steps} steps of {section['train']['batch_size']} images" in README
    assert f"{section['methods']['pdae']['code_dim']} code dimensions" in README
    assert f"{section['datasets'][data.name]['test']:,} test images" in README
    assert f"{section['evaluate']['reconstruct']['images']} decodes" in README
    assert f"{section['evaluate']['counterfactual']['pairs'] // 2} edits" in README
    assert f"{WORDS[data.rows[0].n_seeds - 1]} seeds" in README


@pytest.mark.skipif(HOME == REFERENCE, reason="the numbers shown are those of the reference itself")
def test_what_it_says_of_the_reference_is_what_is_there():
    longer, done = re.search(
        r"trains them (\w+) times longer, of which (\w+) seeds? (?:is|are) done", ONE_LINE
    ).groups()
    default, reference = (max(budget["method"] for budget in budgets_of(home).values()) for home in (ROOT, REFERENCE))
    assert (longer, done) == ({10: "ten"}[reference // default], WORDS[len(SEEDS) - 1])


@pytest.mark.parametrize(("name", "folder"), [("faces", "faces"), ("correlated faces", "correlated")])
def test_what_it_says_of_the_reference_on_faces_is_what_is_there(name, folder):
    done = re.search(rf"as is (\w+) of.*\[{name}\]\(reports/reference/{folder}/reports/tables/", ONE_LINE)[1]
    seeds = list((REFERENCE.with_name(folder) / "results").glob("faces_drawn/pca/*"))
    assert done == WORDS[len(seeds) - 1]


def budgets_of(home: Path) -> dict:
    return yaml.safe_load((home / "params.yaml").read_text())["budgets"]


def test_it_has_at_most_900_words():
    assert len(README.split()) <= 900


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)[^)]*\)", README))))
def test_it_leads_to_what_is_there(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^(?:make|diffrep) \w+", README, re.M))))
def test_its_commands_are_there(command):
    tool, name = command.split()
    if tool == "make":
        assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(), re.M)
    else:
        from diffrep.pipelines.cli import cli

        assert name in cli.list_commands(None)
