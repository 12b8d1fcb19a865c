"""The contract of a data set: ours keep it, and what breaks it is told beside the promise."""

import sys

import pytest
import yaml
from click.testing import CliRunner
from tiny_cells import ROOMS, small_values

from diffrep.pipelines.cli import cli
from diffrep.pipelines.contract.data_set import PROMISES, row_of
from diffrep.pipelines.core.params import parsed


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What the command says of a data set whose class ends with these lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    values = small_values()
    values["datasets"]["mine"] = {"adapter": "pictures:Mine", "seed": 0}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values))

    def run(*lines: str, name: str = "mine"):
        body = "".join(f"    {line}\n" for line in lines or ("pass",))
        head = "import numpy as np\nfrom own_data import Dots\n\n\n"
        (tmp_path / "pictures.py").write_text(f"{head}class Mine(Dots):\n{body}")
        return CliRunner().invoke(cli, ["contract", name])

    yield run
    sys.modules.pop("pictures", None)


@pytest.mark.parametrize("name", ["mine", "pictures:Mine", ROOMS])
def test_a_good_one_keeps_all_promises(told, name):
    done = told(name=name)
    assert done.exit_code == 0, done.output
    assert [line.split()[-2] == "the" or "ok" in line for line in done.output.splitlines()] == [True] * 7
    assert done.output.splitlines()[-1].endswith(" keeps the contract")


def test_every_broken_promise_is_told(told):
    done = told(
        "def images(self, rows): return super().images(rows) / 255",
        "def attributes(self, rows): return self.nosuch",
    )
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[1].startswith("attributes are zero or one      failed          data set 'mine' (pictures:Mine) in ")
    assert lines[3].startswith("images are bytes                failed          images(rows) is float64, from 0 to ")
    assert lines[-1] == f"mine breaks 3 of {len(PROMISES)} promises"


@pytest.mark.parametrize("what", ["factors", "attributes"])
def test_what_is_drawn_anew_is_told(told, what):
    done = told(f"def {what}(self, rows): return np.random.permutation(super().{what}(rows))")
    last = f"rows stay what they are         failed          {what}(rows) gives other values when asked again"
    assert done.output.splitlines()[4].startswith(last)


def test_a_data_set_without_factors_stays_what_it_is(told):
    done = told("factor_names = factor_sizes = ()", "def factors(self, rows): return None")
    assert done.exit_code == 0, done.output


def test_a_table_that_is_none_breaks_what_asks_for_it(told):
    done = told("def attributes(self, rows): return self.known[rows].tolist()")
    states = [line[32:].split()[0] for line in done.output.splitlines()[:-1]]
    assert states == ["ok", "failed", "ok", "ok", "failed", "ok"]


def test_a_data_set_is_found_by_its_name_and_by_its_adapter():
    values = small_values()
    values["datasets"]["mine"] = {"adapter": "pictures:Mine", "seed": 0}
    params = parsed(values)
    assert [row_of(params, name) for name in ("mine", "pictures:Mine", "pca")] == ["mine", "mine", None]
