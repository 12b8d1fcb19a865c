"""`diffrep datasets`: which there are, what is here and what is missing, all of one; readable at 100 columns."""

import shutil
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from mistakes import contents
from own_data import Dots
from tiny_cells import ROOMS, small_values

from diffrep.datasets import DATASETS
from diffrep.datasets.writing import write
from diffrep.pipelines.cli import cli

FACES = {
    **{"adapter": "celeba", "pictures": "celeba", "attributes": "a.txt", "partition": "p.txt", "crop": "d2c"},
    **{"size": 16, "resampling": "lanczos", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0},
}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder whose params.yaml has faces without files and dots of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    values = small_values()
    values["datasets"] |= {"faces": FACES, "dots": {"adapter": "pictures:Mine", "seed": 0}}
    Path("params.yaml").write_text(yaml.safe_dump(values))
    Path("pictures.py").write_text('from own_data import Dots\n\n\nclass Mine(Dots):\n    """Dots."""\n')
    yield tmp_path
    sys.modules.pop("pictures", None)


def told(*words: str) -> list[str]:
    """What the command says; nothing is written."""
    before = contents(Path())
    done = CliRunner().invoke(cli, ["datasets", *words], catch_exceptions=False)
    assert done.exit_code == 0
    assert {path: content for path, content in contents(Path()).items() if "__pycache__" not in path} == before
    broken = [line for line in done.output.splitlines() if "/" not in line]  # a path is never broken
    assert max(map(len, broken)) <= 100
    return done.output.splitlines()


def entry(lines: list[str], name: str) -> str:
    """What is said of one, in one line."""
    return next(" ".join(part.split()) for part in "\n".join(lines).split("\n\n") if part.split()[0] == name)


def test_all_are_listed_with_licence_and_size(work):
    lines = told()
    for name in DATASETS:
        assert "licence: " in entry(lines, name)
    assert "CelebA, aligned; licence: for non-commercial research; " in entry(lines, "celeba")
    assert "img_align_celeba.zip, 202,599 pictures" in entry(lines, "celeba")
    assert "pip install 'diffrep[data]'" in entry(lines, "lsun")
    assert entry(lines, "lsun").endswith("no section in params.yaml")


def test_sections_stand_below_the_data_set_that_they_use(work):
    lines = told()
    missing = "faces params.yaml: datasets.faces: celeba is missing; a.txt is missing; p.txt is missing"
    assert missing in entry(lines, "celeba")
    assert "ready, 3 x 16 x 16: 64 train, 40 valid, 40 test; not prepared yet" in entry(lines, ROOMS)
    assert entry(lines, "pictures:Mine") == (
        "pictures:Mine Mine; licence: unknown of unknown size "
        "dots ready, 3 x 8 x 8: 40 train, 10 valid, 10 test; not prepared yet"
    )


def test_what_is_prepared_is_told(work):
    def state() -> str:
        return entry(told(), "pictures:Mine").rpartition("; ")[2]

    write(Dots(seed=0), work / "data" / "dots")
    assert state() == "prepared in data/dots"
    (work / "data" / "dots" / "card.json").write_text("{}")
    assert entry(told(), "pictures:Mine").endswith("altered: run `diffrep prepare --dataset dots` again")
    shutil.rmtree(work / "data")
    write(Other(seed=0), work / "data" / "dots")
    assert state() == "data/dots was prepared from other files or settings"


class Other(Dots):
    """Another release of the same."""

    source = "my other pictures"


def test_one_that_cannot_be_imported_hides_no_other(work):
    Path("pictures.py").write_text("import nosuch\n")
    lines = told()
    assert "cannot import data set 'pictures:Mine': ModuleNotFoundError" in entry(lines, "pictures:Mine")
    assert entry(lines, ROOMS)


def test_without_params_ours_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = told()
    assert entry(lines, "arrays").endswith("no section in params.yaml")
    assert "A section to begin with:" in told("arrays")


def test_one_is_shown_whole(work):
    lines = told("celeba")
    text = " ".join(" ".join(lines).split())
    for words in (
        "cite Liu, Luo, Wang and Tang",
        "licence for non",
        "what to put where `pictures`: the folder",
        "ICCV",
    ):
        assert words in text
    assert "crop (d2c or centre64 or none) d2c: the 128 pixels of side from 57 below the top" in text
    assert "seed (whole number) which images are drawn" in text


@pytest.mark.parametrize("name", DATASETS)
def test_a_section_to_begin_with_can_be_read_back(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    lines = told(name)
    section = yaml.safe_load("\n".join(lines[lines.index("A section to begin with:") + 1 :]))
    assert list(section) == ["datasets"]
    assert list(section["datasets"]) == [name]


def test_a_section_that_is_there_is_shown_with_its_state(work):
    for name in ("dots", "pictures:Mine"):
        lines = told(name)
        assert lines[0] == "pictures:Mine: Mine"
        begin = next(n for n, line in enumerate(lines) if line.startswith("In params.yaml, ready"))
        section = yaml.safe_load("\n".join(lines[begin + 1 :]))
        assert section == {"datasets": {"dots": {"adapter": "pictures:Mine", "seed": 0}}}


def test_a_name_that_is_not_there_is_one_line(work):
    done = CliRunner().invoke(cli, ["datasets", "celebb"])
    assert str(done.exception) == "no data set 'celebb': did you mean 'celeba'?"
