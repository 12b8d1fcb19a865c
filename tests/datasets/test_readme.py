"""The data set that datasets/README.md shows keeps the contract, is prepared, and draws its edits truly."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

PAGE = (Path(__file__).parents[2] / "datasets" / "README.md").read_text()


@pytest.fixture
def discs(tmp_path, monkeypatch):
    (text,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "discs_of_the_page.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import discs_of_the_page

    yield discs_of_the_page.Discs(side=32, count=200, seed=0)
    del sys.modules["discs_of_the_page"]


def test_it_is_prepared(discs, tmp_path):
    write(discs, tmp_path / "discs", processes=2)
    data = Prepared(tmp_path / "discs")
    assert data.images.shape == (200, 32, 32, 1)
    np.testing.assert_array_equal(data.factors, discs.known)


def test_an_edit_moves_its_disc_alone(discs):
    before = discs.known[:50]
    larger = before.copy()
    larger[:, 0] = 2
    moved = discs.redrawn(larger, before) != discs.images(np.arange(50))
    assert not moved[before[:, 0] == 2].any()
    assert moved[before[:, 0] < 2].any(axis=(1, 2, 3)).all()


def test_every_member_of_the_contract_stands_on_the_page():
    from diffrep.datasets.contract import FUNCTIONS, MEMBERS

    for name in (*MEMBERS, *FUNCTIONS):
        assert name.removeprefix("attribute") in PAGE, name
