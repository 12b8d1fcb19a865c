"""What `diffrep repro` takes for out of date is what `dvc status` does, for every kind of change, at far less cost."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import many_stages
import pytest
import yaml
from dvc.dvcfile import load_file
from dvc.repo import Repo
from dvc.utils.serialize import _yaml

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import load, parsed
from diffrep.pipelines.running import plan
from diffrep.pipelines.running.parsing import parsed_once
from diffrep.pipelines.running.plan import Plan, declared
from diffrep.pipelines.stages.code import data_files

ROOT = Path(__file__).parents[3]
NO_GRID = SimpleNamespace(grid=SimpleNamespace(dataset=(), method=(), seed=()))
CELL = "data0-method0-0"


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch):
    monkeypatch.setattr(plan, "declared", lambda params: {})


def edited(name: str, pattern: str, by: str) -> Callable[[], object]:
    """Put `by` in the place of what matches in a file."""

    def edit() -> None:
        text = Path(name).read_text()
        assert re.search(pattern, text)
        Path(name).write_text(re.sub(pattern, by, text, count=1))

    return edit


def outdated() -> set[str]:
    with parsed_once():
        made = Plan(NO_GRID)
        return {name for name in made.names if made.reason(name)}


PROBED = Path("arrays", "data0", "method0", "0", "probe", "more.csv")
CHANGES = {
    "nothing": (lambda: None, set()),
    "a param": (edited("params.yaml", "probe:\n    images: 4", "probe:\n    images: 5"), {"probe"}),
    "a param gone": (edited("params.yaml", "  preset: quick\n", ""), set(many_stages.READS)),
    "a dependency": (lambda: Path("code/method0.json").write_text("other"), set(many_stages.READS)),
    "an output gone": (PROBED.unlink, {"probe"}),
    "an output changed": (lambda: PROBED.write_text("other"), {"probe"}),
    "another stage's input": (lambda: Path("data/data0/more.csv").write_text("other"), None),
    "a command": (edited("dvc.yaml", "true probe", "true more probe"), {"probe"}),
    "the cache": (lambda: [path.unlink() for path in Path(".dvc/cache").rglob("*") if path.is_file()], None),
    "the lock gone": (Path("dvc.lock").unlink, None),
    "its layout": (edited("dvc.lock", r"^", "# mine\n"), set()),
    "a recorded hash": (edited("dvc.lock", "md5: [0-9a-f]{4}", "md5: 0000"), None),
}


@pytest.mark.parametrize(("change", "stages"), CHANGES.values(), ids=CHANGES)
def test_what_is_out_of_date_is_dvcs_own_word(pipeline, change, stages):
    change()
    ours = outdated()
    assert ours == set(Repo().status())
    if stages is not None:
        assert {name.partition("@")[0] for name in ours} == stages


def test_every_stage_comes_behind_what_it_needs(pipeline):
    made = Plan(NO_GRID)
    seen: set[str] = set()
    for name in made.names:
        assert made.needs[name] <= seen
        seen.add(name)
    assert made.needs[f"counterfactual@{CELL}"] == {
        *("prepare@data0", "base@data0", "oracle@data0"),
        *(f"train@{CELL}", f"encode@{CELL}"),
    }


@pytest.fixture(scope="module")
def two_seeds_once(tmp_path_factory):
    """A pipeline of one method at two seeds."""
    folder = tmp_path_factory.mktemp("two_seeds")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        many_stages.make(datasets=1, methods=1, seeds=2).close()
    return folder


@pytest.fixture
def two_seeds(two_seeds_once, tmp_path, monkeypatch):
    """A copy of it, in the working directory."""
    shutil.copytree(two_seeds_once, tmp_path / "two_seeds")
    monkeypatch.chdir(tmp_path / "two_seeds")
    content = yaml.safe_load(Path("params.yaml").read_text())
    monkeypatch.setattr(plan, "declared", lambda params: many_stages.declared(content))


@pytest.mark.parametrize(("seeds", "left"), [((), set()), ((0,), {1}), ((1,), {0}), ((0, 1), set())])
def test_of_some_seeds_the_stages_of_others_neither_run_nor_are_waited_for(two_seeds, seeds, left):
    made, whole = Plan(NO_GRID, seeds=seeds), Plan(NO_GRID)
    gone = {name for name in whole.names if name.rpartition("-")[2] in map(str, left)}
    assert len(gone) == len(many_stages.READS) * len(left)
    assert made.names == [name for name in whole.names if name not in gone]
    assert made.needs == {name: whole.needs[name] - gone for name in made.names}
    assert whole.needs["report"] - made.needs["report"] == gone & whole.needs["report"]


def test_entries_of_seeds_that_do_not_run_stay_in_the_lock(two_seeds):
    before = Path("dvc.lock").read_bytes()
    assert Plan(NO_GRID, seeds=(0,)).gone == []
    assert Path("dvc.lock").read_bytes() == before


def test_the_pipeline_of_a_folder_above_is_another(pipeline, monkeypatch):
    Path("below").mkdir()
    monkeypatch.chdir("below")
    with pytest.raises(UserError, match=r"below has no pipeline of its own, that of .* is another: bring it one"):
        Plan(NO_GRID)


def test_params_are_parsed_once_under_each_name_however_many_stages_there_are(pipeline, monkeypatch):
    parsed_texts: list[str] = []
    plain = _yaml.parse_yaml
    monkeypatch.setattr(_yaml, "parse_yaml", lambda text, *how, **more: parsed_texts.append(text) or plain(text, *how))
    assert outdated() == set()
    assert parsed_texts.count(Path("params.yaml").read_text()) == 2  # relative and absolute, for 16 stages


def test_a_params_file_that_changes_meanwhile_is_read_again(pipeline):
    with parsed_once():
        made = Plan(NO_GRID)
        assert made.reason(f"probe@{CELL}") == ""
        edited("params.yaml", "probe:\n    images: 4", "probe:\n    images: 5")()
        assert made.reason(f"probe@{CELL}") == plan.CHANGED


def test_entries_that_no_stage_has_any_more_are_dropped(pipeline):
    edited("params.yaml", "  method:\n  - method0\n  - method1\n", "  method:\n  - method0\n")()
    made = Plan(NO_GRID)
    assert made.gone == [f"{name}@data0-method1-0" for name in many_stages.READS]
    assert "@data0-method1-0:" not in Path("dvc.lock").read_text()
    assert Plan(NO_GRID).gone == []


@pytest.mark.parametrize(("adapter", "reason"), [("", ""), ("own_cell:Own", plan.OUTSIDE)])
def test_the_hashes_of_code_outside_the_repository_are_always_taken_anew(pipeline, small_values, adapter, reason):
    small_values["grid"]["method"] = ["random"]
    small_values["methods"]["random"]["adapter"] = adapter
    made = Plan(parsed(small_values))
    made.stages["code"] = made.stages["report"]
    assert made.reason("code") == reason


def test_code_runs_where_a_persons_files_are_others_than_it_has_seen(pipeline, small_values, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,red")
    small_values["datasets"]["mine"] = {"adapter": "arrays", "file": str(table)}
    small_values["budgets"]["mine"] = next(iter(small_values["budgets"].values()))
    small_values["grid"] |= {"dataset": ["mine"], "method": ["random"]}
    made = Plan(params := parsed(small_values))
    made.stages["code"] = made.stages["report"]
    assert made.reason("code") == plan.FILES
    for path, record in data_files(params).items():
        write_json(path, record)
    assert made.reason("code") == ""
    table.write_text("name,green")
    assert made.reason("code") == plan.FILES
    table.unlink()
    assert made.reason("code") == ""


def test_every_stage_of_the_grid_is_declared_under_dvcs_name():
    with Repo(str(ROOT)) as repo:
        names = load_file(repo, str(ROOT / "dvc.yaml")).resolver.get_keys()
    assert set(declared(load(ROOT))) == set(names)
