"""The notebook of docs/ runs, and prints what is kept in it."""

from pathlib import Path

import pytest
from notebooks import printed
from smoke_runs import ENVIRONMENT, command

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tour.ipynb"


@pytest.mark.long
def test_every_cell_prints_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(command('diffrep')).parent}:{ENVIRONMENT['PATH']}")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    cells = printed(NOTEBOOK, tmp_path)
    assert len(cells) > 4
    for shown, now in cells:
        assert now == shown


def test_it_is_kept_with_its_output():
    from notebooks import code_cells, kept

    assert all(kept(cell) for cell in code_cells(NOTEBOOK))


@pytest.mark.parametrize("word", ["diffrep score", "diffrep.load", "pip install .", "pip install '.[suite]'"])
def test_it_shows_both_doors(word):
    assert word in NOTEBOOK.read_text()
