"""Every sentence of the committed run's findings, once more from its result files, read as plain JSON."""

import json
import re
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from diffrep.pipelines.core.params import load as load_params
from diffrep.pipelines.study import so_far, study_of
from diffrep.reports.findings.finding import MOST
from diffrep.reports.pages.dataset import gathered
from diffrep.reports.pages.findings_page import evidence_of, findings_of

ROOT = Path(__file__).parents[3]
HOMES = [ROOT, *sorted(path.parent for path in ROOT.glob("reports/reference/*/results"))]
CONTROLS = ("vae", "simsiam", "ddae", "pca", "random")
NAMED = re.compile(r"([a-z_]+) ([−-]?\d+\.\d+)(?=[,;. )]|$)")  # a row with its number
COUNTED = re.compile(r"([a-z_]+) (\d+(?:\.\d)?)(?=[,)])")  # a row with its count


@pytest.fixture(scope="module", params=HOMES, ids=lambda home: home.name)
def told(request):
    """(home, data set, {key: finding}, what is gathered) of every run that is committed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(request.param)
        study = so_far(study_of(load_params()))
        data = gathered(Path(), Path("reports"), study)[0]
        yield request.param, data, {finding.key: finding for finding in findings_of(data, study)}


def raw(home: Path, dataset: str) -> dict[str, dict[str, float]]:
    """Row -> number -> mean over its seeds, of all result files of methods."""
    values = defaultdict(lambda: defaultdict(list))
    for path in (home / "results" / dataset).glob("*/*/*/result.json"):
        record = json.loads(path.read_text())
        for name, value in record.items():
            if isinstance(value, int | float) and "method" in record:
                values[record["method"]][name].append(value)
    return {row: {name: mean(own) for name, own in of.items()} for row, of in values.items()}


def test_there_are_ten_at_most_and_some(told):
    _, _, findings = told
    assert 3 <= len(findings) <= MOST


@pytest.mark.parametrize(
    ("key", "metric", "sides"),
    [("codes", "average_precision", ("higher", "lower")), ("decodes", "mse_random_start", ("smaller", "larger"))],
)
def test_rows_beside_pca_are_those_of_the_files_with_the_verdicts_of_the_tables(told, key, metric, sides):
    home, data, findings = told
    files, sentence = raw(home, data.name), findings[key].sentence
    mine = {row: of[metric] for row, of in files.items() if of.get("steps", 0) > 0 and metric in of}
    assert int(re.search(r"\d+ of (\d+) trained", sentence).group(1)) == len(mine)
    verdicts = {d.method: d.verdict for d in data.differences if (d.metric, d.reference) == (metric, "pca")}
    said = re.findall(r"a ([a-z]+) one(?: (by more than chance|that is not told apart))? \(([^)]*)\)", sentence)
    named = {row: (side, sure, number) for side, sure, rows in said for row, number in NAMED.findall(rows)}
    assert named.keys() == mine.keys()
    for row, (side, sure, number) in named.items():
        assert float(number) == pytest.approx(mine[row], abs=10.0 ** -len(number.partition(".")[2]))
        higher = mine[row] > files["pca"][metric]
        assert side == sides[higher if metric == "mse_random_start" else not higher]
        assert (sure == "by more than chance") == (verdicts.get(row) in ("better", "worse"))


def test_who_leads_disentanglement_leads_in_the_files(told):
    home, data, findings = told
    trained = {row: of for row, of in raw(home, data.name).items() if of.get("steps", 0) > 0}
    mine = {row: of["dci_disentanglement"] for row, of in trained.items() if row not in CONTROLS}
    first, second = sorted(mine, key=mine.get, reverse=True)[:2]
    assert f"{first} has the largest DCI D, {mine[first]:.3f}, before {second} with {mine[second]:.3f}" in (
        findings["disentangled"].sentence
    )


def test_factors_read_are_counted_from_the_notes(told):
    home, data, findings = told
    counts = defaultdict(list)
    for path in (home / "results" / data.name).glob("*/*/counterfactual/result.json"):
        record = json.loads(path.read_text())
        if record.get("factors_judged") is not None:
            counts[record["method"]].append(record["factors_judged"] - len(record["notes"]["oracle_fails"]))
    named = dict(COUNTED.findall(findings["oracle"].sentence.partition("that decode (")[2]))
    assert len(named) >= 3
    assert {row: float(number) for row, number in named.items()} == {
        row: pytest.approx(mean(counts[row]), abs=0.05) for row in named
    }


def test_diti_and_pdae_are_those_of_the_files(told):
    home, data, findings = told
    files = raw(home, data.name)
    one, other = (files[row]["average_precision"] for row in ("diti", "pdae"))
    assert f"AP {one:.3f} against {other:.3f}" in findings["diti-codes"].sentence


LISTS = {  # finding -> its lists of rows with a number each, in their order
    "exact": ("exact_gain_direction", "strength_direction"),
    "carried": ("carry_over_edit", "carry_over_wanted", "carry_over_probe", "auroc"),
}


@pytest.mark.parametrize(("key", "metrics"), LISTS.items(), ids=LISTS)
def test_rows_that_are_listed_have_the_numbers_of_the_files(told, key, metrics):
    home, data, findings = told
    if key not in findings:
        assert data.name != "faces_drawn" or (key, home.name) == ("carried", "faces")
        return
    files = raw(home, data.name)
    lists = re.findall(r"(?:[a-z_]+ −?\d+\.\d+(?:, |(?=[;).])))+", findings[key].sentence)
    assert len(lists) == len(metrics)
    for listed, metric in zip(lists, metrics, strict=True):
        named = dict(NAMED.findall(listed))
        assert len(named) > 2
        assert named == {
            row: f"{files[row][metric]:.{len(v.partition('.')[2])}f}".replace("-", "−") for row, v in named.items()
        }


def test_all_evidence_stands_in_a_table_or_a_figure(told):
    _, data, findings = told
    columns = {column.name for table in data.tables for column in table.columns}
    for finding in findings.values():
        assert set(finding.evidence) <= columns
        assert finding.figures or finding.evidence
        assert len(evidence_of(data, finding)) >= len(finding.evidence)
