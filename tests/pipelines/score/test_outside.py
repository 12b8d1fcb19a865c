"""diffrep score with metrics from outside, and where a library that a metric stands on is not installed."""

import json
import sys

import numpy as np
import pytest
from bare_package import COMMAND, in_bare_python
from codes_files import GOOD, N, saved
from known_codes import CODES, FACTORS

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.run import score

MINE = """
from diffrep.metrics.catalogue import Number


def told(train_codes, train_factors, test_codes, test_factors, *, seed, power=1):
    return {"told": float(len(train_codes) ** power), "tested": len(test_codes)}


def broken(codes, factors):
    return {"never": codes[0, 99]}


told.numbers = (
    Number("told", "told", "", "up", 1, "0 or more", "none", "Rows to fit on."),
    Number("tested", "tested", "", "", 0, "0 or more", "", "Rows to test on."),
)
broken.numbers = (Number("never", "never", "", "up", 3, "0 to 1", "", "Never."),)
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A module of one's own, and what scores a file of few rows with it."""
    (tmp_path / "of_a_person.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)

    def scored(asked, changed=()):
        out = tmp_path / "out.json"
        path = saved(tmp_path, **GOOD)
        score(path, asked=asked, preset="quick", compat=False, seed=3, out=out, changed=changed)
        return json.loads(out.read_text()), json.loads((tmp_path / "out.record.json").read_text())

    yield scored
    sys.modules.pop("of_a_person", None)


def test_its_numbers_stand_beside_ours(mine, capsys):
    values, record = mine("mig,of_a_person:told")
    assert (values["told"], values["tested"]) == (200, 100)
    assert 0 < values["mig"] < 1
    assert record["parameters"]["of_a_person:told"] == {"seed": 3, "power": 1}
    assert list(record["own_code"]) == ["of_a_person:told"]
    assert "│ told         │ 200.0 │ ↑ │ 0 or more │ none   │ 200 / 100 │" in capsys.readouterr().out


def test_its_arguments_are_set_like_those_of_ours(mine):
    assert mine("of_a_person:told", ["of_a_person:told.power=2"])[0]["told"] == 40_000


def test_one_of_its_numbers_can_be_asked_for(mine):
    assert list(mine("of_a_person:told")[0]) == ["told", "tested"]


def test_what_its_code_raises_is_told_with_its_line(mine):
    line = r"of_a_person:broken: IndexError: index 99 is out of bounds .* \(.*of_a_person.py, line 10\)$"
    with pytest.raises(UserError, match=line):
        mine("mig,of_a_person:broken")


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("of_a_person:nope", "cannot import metric 'of_a_person:nope': AttributeError"),
        ("nosuch:told", "cannot import metric 'nosuch:told': ModuleNotFoundError"),
        ("of_a_person:Number", "metric 'of_a_person:Number' is no function"),
    ],
)
def test_what_is_no_metric_is_one_line(mine, asked, line):
    with pytest.raises(UserError, match=line):
        mine(asked)


def without_the_suite(folder, *words):
    """`diffrep words` where only the libraries of the bare package can be imported."""
    return in_bare_python(COMMAND, *words, folder=folder)


def test_factors_are_scored_without_torch(tmp_path):
    saved(tmp_path, codes=CODES["identity"][:N], factors=FACTORS[:N])
    done = without_the_suite(tmp_path, "score", "mine.npz", "--metrics", "mig,factor_vae,sap", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads((tmp_path / "out.json").read_text())["mig"] <= 1


def test_probes_say_which_extra_they_want_and_take_no_other_along(tmp_path):
    saved(tmp_path, codes=CODES["identity"][:N], attributes=(FACTORS[:N] > 4).astype(int))
    done = without_the_suite(tmp_path, "score", "mine.npz", "--metrics", "probe,unsupervised", "--json", "out.json")
    assert done.returncode == 1
    assert done.stderr == "diffrep: error: probe: torch is not installed: pip install 'diffrep[torch]'\n"
    assert "mutual_info_score" in json.loads((tmp_path / "out.json").read_text())


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("score", "mine.pt"), "torch is not installed: pip install 'diffrep[torch]'"),
        (("workspace", "--profile", "smoke", "new"), "is not installed: pip install 'diffrep[suite]'"),
    ],
)
def test_what_needs_more_says_which_extra(tmp_path, words, line):
    (tmp_path / "mine.pt").write_bytes(b"x")
    done = without_the_suite(tmp_path, *words)
    assert done.returncode == 1
    assert done.stderr.startswith("diffrep: error: ")
    assert done.stderr.rstrip().endswith(line)


def test_a_table_of_commas_needs_no_more(tmp_path):
    rows = np.hstack([CODES["identity"][:N, :2], FACTORS[:N, :2]])
    np.savetxt(tmp_path / "mine.csv", rows, delimiter=",", header="codes.0,codes.1,factors.a,factors.b", comments="")
    done = without_the_suite(tmp_path, "score", "mine.csv", "--metrics", "mig")
    assert done.returncode == 0, done.stderr
