"""Every number of the page on how sure the results are, once more from the committed result files alone.

Nothing of ours computes here: result files are read as JSON, tests are scipy's, power is averaged over the spread
that seeds happen to show.
"""

import itertools
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import optimize, stats

from diffrep.pipelines.core.params import load as load_params
from diffrep.pipelines.study import study_of
from diffrep.reports.pages import sure_page
from diffrep.reports.pages.dataset import gathered

ROOT = Path(__file__).parents[2]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
DATASETS, METHODS, SEEDS = (PARAMS["grid"][axis] for axis in ("dataset", "method", "seed"))
REFERENCE = PARAMS["report"]["reference"]
LOWER = {"mse_random_start", "exact_mse_changed", "exact_mse_stayed"}
TITLES = {
    "average_precision": "AP ↑",
    "factor_vae": "FactorVAE ↑",
    "mig": "MIG ↑",
    "dci_disentanglement": "DCI D ↑",
    "dci_disentanglement_permutation": "DCI D, perm. ↑",
    "mse_random_start": "MSE, random start ↓",
    "faithfulness": "faithfulness ↑",
    "exact_gain": "exact gain ↑",
    "exact_gain_direction": "exact gain, steered ↑",
    "exact_mse_changed": "exact MSE, changed ↓",
    "exact_mse_stayed": "exact MSE, stayed ↓",
}
PAIRED = {"factor_vae"}


@pytest.fixture(scope="module")
def page() -> str:
    """The page of the committed results, without a browser's white space."""
    study = study_of(load_params(ROOT), ROOT)
    found = gathered(ROOT, ROOT / "reports", study)
    return re.sub(r"\s+", " ", sure_page.render([sure_page.section(dataset, study) for dataset in found], study))


def records(dataset, method):
    """The content of the result files of a method, by seed."""
    found = defaultdict(dict)
    for seed in SEEDS:
        for path in (ROOT / "results" / dataset / method / str(seed)).glob("*/result.json"):
            record = json.loads(path.read_text())
            joined = {key: found[seed].get(key, {}) | record.pop(key, {}) for key in ("noise", "intervals", "notes")}
            found[seed] |= {key: value for key, value in record.items() if key != "reasons"} | joined
    return found


FILES = {(dataset, method): records(dataset, method) for dataset in DATASETS for method in METHODS}


def is_trained(method):
    """Whether its seeds train it, or each trained the model that it stands on."""
    of_seeds = [FILES[DATASETS[0], method][seed] for seed in SEEDS]
    stood_on = {json.dumps(record.get("notes", {}).get("stands_on"), sort_keys=True) for record in of_seeds}
    return any(record.get("steps") for record in of_seeds) or len(stood_on) > 1


TRAINED = [method for method in METHODS if is_trained(method)]


def values(dataset, metric):
    """Method -> its values, of those that have one for every seed."""
    found = {m: [FILES[dataset, m][seed].get(metric) for seed in SEEDS] for m in METHODS}
    return {m: np.array(each) for m, each in found.items() if None not in each}


CASES = [(dataset, metric) for dataset in DATASETS for metric in TITLES if REFERENCE in values(dataset, metric)]
EACH = pytest.mark.parametrize(("dataset", "metric"), CASES)


def row(page, dataset, heading, metric):
    """The cells of a metric below a heading of a data set, as texts."""
    part = page.split(f'<section id="{dataset}">')[1].split("</section>")[0]
    body = part.split(f"{heading}</h3>")[1].split("</table>")[0]
    lines = [re.sub("<[^>]*>", "|", line).replace("&nbsp;", " ") for line in body.split("<tr>")]
    cells = [[cell.strip() for cell in line.split("|") if cell.strip()] for line in lines]
    return next(found for found in cells if found and found[0] == TITLES[metric])


def raw(dataset, metric):
    """The p-value of each method against the reference: t-tests of one sample."""
    scores = values(dataset, metric)
    theirs = scores.pop(REFERENCE)
    assert np.ptp(theirs) == 0
    return {m: stats.ttest_1samp(each, theirs[0]).pvalue for m, each in scores.items()}


def verdicts(dataset, metric):
    """How many methods are better, worse and not told apart from the reference, after Holm's correction."""
    scores, tests = values(dataset, metric), raw(dataset, metric)
    theirs = scores[REFERENCE]
    told, level = [], 0
    for rank, (method, p) in enumerate(sorted(tests.items(), key=lambda item: item[1])):
        level = max(level, p * (len(tests) - rank))
        if level < 0.05:
            told.append(method)
    up = [scores[m].mean() > theirs[0] for m in told]
    better = sum(above != (metric in LOWER) for above in up)
    return better, len(told) - better, len(tests) - len(told)


def test_no_metric_of_the_page_is_left_out(page):
    shown = {re.sub("&nbsp;", " ", name) for name in re.findall('<tr><th scope="row"[^>]*>([^<]*)</th>', page)}
    assert shown == {TITLES[metric] for _, metric in CASES}


@EACH
def test_comparisons_are_counted_right(page, dataset, metric):
    counts = verdicts(dataset, metric)
    found = row(page, dataset, f"Compared with {REFERENCE}", metric)
    assert found[1:] == ["one-sample", *map(str, (sum(counts), *counts))]


def test_the_sums_of_the_opening_are_those_of_all_tables(page):
    better, worse, untold = map(sum, zip(*(verdicts(*case) for case in CASES), strict=True))
    every, p_values = better + worse + untold, sorted(p for case in CASES for p in raw(*case).values())
    alone = itertools.takewhile(lambda item: item[1] * (every - item[0]) < 0.05, enumerate(p_values))
    line = f"{better + worse} of {every} differences stand, corrected within each metric (over all {every}: "
    line += f"{len([*alone])}): {better} for the better"
    assert f"{line}, {worse} for the worse. The other {untold} are not" in page


def power(effect, n, level, *, two):
    """How often a t-test finds an effect, in standard deviations: averaged over the variances that are estimated."""
    df, error, middle = (2 * n - 2, np.sqrt(2 / n), 60) if two else (n - 1, np.sqrt(1 / n), 1)
    spread = np.sqrt(stats.chi2.ppf((np.arange(2000) + 0.5) / 2000, df) / df)  # that seeds show of a true one of 1
    share = stats.beta.ppf((np.arange(middle) + 0.5) / middle, (n - 1) / 2, (n - 1) / 2)  # of one method's variance
    degrees = (n - 1) / (share**2 + (1 - share) ** 2) if two else np.array([n - 1])
    needed = np.outer(stats.t.isf(level / 2, degrees), spread)
    return (stats.norm.sf(needed - effect / error) + stats.norm.cdf(-needed - effect / error)).mean()


@pytest.fixture(scope="module")
def effects():
    """{(two samples, number of tests): the effect that the seeds find four times in five}."""
    counts = {len(values(*case)) - 1 for case in CASES}
    return {
        (two, m): optimize.brentq(
            lambda x, two=two, m=m: power(x, len(SEEDS), 0.05 / m, two=two) - 0.8, 1, 30, xtol=0.01
        )
        for two in (True, False)
        for m in {1, *counts}
    }


@EACH
def test_smallest_differences_are_those_of_the_spread_over_seeds(page, effects, dataset, metric):
    scores = values(dataset, metric)
    trained = [scores[m] for m in TRAINED if m in scores]
    sd, tested = np.sqrt(np.mean([np.var(each, ddof=1) for each in trained])), len(scores) - 1
    apart = np.sqrt(np.mean([np.var(a - b, ddof=1) for a, b in itertools.combinations(trained, 2)]))
    two = metric not in PAIRED
    own = sd if two else apart
    expected = [own * effects[two, 1], own * effects[two, tested], sd * effects[False, 1], sd * effects[False, tested]]
    found = row(page, dataset, f"The smallest difference that {len(SEEDS)} seeds find four times in five", metric)
    assert (found[2], found[-1]) == ("Welch" if two else "paired", str(tested))
    unit = 10.0 ** -len(found[1].partition(".")[2])
    shown = [float(text) for text in (found[1], *found[3:7])]
    np.testing.assert_allclose(shown, [sd, *expected], atol=0.51 * unit, rtol=0.005)


@EACH
def test_the_best_two_and_the_seeds_that_would_tell_them(page, dataset, metric):
    rivals = set(TRAINED) - set(PARAMS["report"]["controls"])
    means = {m: each.mean() for m, each in values(dataset, metric).items() if m in rivals}
    best, second, *_ = sorted(means, key=means.get, reverse=metric not in LOWER)
    found = row(page, dataset, "How many seeds would tell the best two methods apart", metric)
    assert found[1:3] == [best, second]
    scores = values(dataset, metric)
    trained = [scores[m] for m in TRAINED if m in scores]
    two = metric not in PAIRED
    pairs = [np.var(a - b, ddof=1) for a, b in itertools.combinations(trained, 2)]
    sd = np.sqrt(np.mean([np.var(each, ddof=1) for each in trained] if two else pairs))
    gap = abs(means[best] - means[second])
    needed = int(found[4].replace(",", ""))
    rough = (1.96 + 0.84) ** 2 * (2 if two else 1) * (sd / gap) ** 2  # of the normal distribution, a little too few
    assert rough <= needed <= rough + 3 or needed == pytest.approx(rough, rel=0.02)


@EACH
def test_noise_is_that_of_the_files(page, dataset, metric):
    of = {}
    for method, scores in values(dataset, metric).items():
        each = [_noise(FILES[dataset, method][seed], metric) for seed in SEEDS]
        if None not in each:
            of[method] = np.sqrt(np.mean(np.square(each))), scores.std(ddof=1)
    if not of:
        with pytest.raises(StopIteration):
            row(page, dataset, "Noise beside the spread over seeds", metric)
        return
    found = row(page, dataset, "Noise beside the spread over seeds", metric)
    larger = [method for method, (noise, sd) in of.items() if noise > sd]
    expected = np.sqrt(np.mean(np.square([*of.values()]), axis=0))
    unit = 10.0 ** -len(found[2].partition(".")[2])
    np.testing.assert_allclose([float(found[2]), float(found[3])], expected, atol=0.51 * unit)
    named = f": {', '.join(larger)}" if larger else ""
    assert " ".join(found[4:]).replace(" ,", ",") == f"{len(larger)} of {len(of)}{named}"


def _noise(record, metric):
    """The largest source in the file, an interval's half width in deviations among them; None without any."""
    found = [*((record.get("noise") or {}).get(metric) or {}).values()]
    if ends := (record.get("intervals") or {}).get(metric):
        found.append((ends[1] - ends[0]) / 2 / 1.959964)
    return max(found, default=None)
