"""Where things lie: every place has paths of its own, and those of dvc.yaml are made by the same words."""

import subprocess
import sys

import pytest

from diffrep.pipelines.core import paths
from diffrep.pipelines.core.paths import RESERVED, Cell, Repeat, Shared

CELL = Cell("rooms", "pdae", 3)
SHARED, REPEAT = Shared("rooms"), Repeat("rooms", 3)
EXPECTED = {
    SHARED.data: "data/rooms",
    REPEAT.base: "runs/rooms/base/3",
    SHARED.autoencoder: "runs/rooms/autoencoder",
    SHARED.oracle: "runs/rooms/oracle",
    SHARED.code: "runs/code/datasets/rooms.json",
    REPEAT.results("base"): "results/rooms/base/3",
    SHARED.results("oracle"): "results/rooms/oracle",
    REPEAT.anchor("noise", "probe"): "results/rooms/drawn_anchors/3/noise/probe",
    CELL.weights: "runs/rooms/pdae/3",
    CELL.codes: "runs/rooms/codes/pdae/3.npz",
    CELL.code: "runs/code/methods/pdae.json",
    CELL.needs: "runs/code/needs/rooms/pdae.json",
    CELL.results("probe"): "results/rooms/pdae/3/probe",
    CELL.arrays("probe"): "results/rooms/pdae/3/arrays/probe.npz",
    CELL.pictures("probe"): "results/rooms/pdae/3/pictures/probe",
    paths.code("probe"): "runs/code/stages/probe.json",
    paths.result_file(CELL.results("probe")): "results/rooms/pdae/3/probe/result.json",
    paths.cost_file(CELL.results("probe")): "results/rooms/pdae/3/probe/cost.json",
    paths.view_file(CELL.results("probe"), "times"): "results/rooms/pdae/3/probe/times.json",
    paths.part_map(CELL.results("probe")): "results/rooms/pdae/3/probe/parts.csv",
    paths.curves(CELL.results("train")): "results/rooms/pdae/3/train/curves.csv",
}


@pytest.mark.parametrize(("path", "text"), EXPECTED.items(), ids=EXPECTED.values())
def test_things_lie_where_the_readme_says(path, text):
    assert path.as_posix() == text


def test_a_placeholder_makes_the_paths_of_dvc_yaml():
    place = Cell("${item.dataset}", "${item.method}", "${item.seed}")
    assert place.weights.as_posix() == "runs/${item.dataset}/${item.method}/${item.seed}"


def test_a_cell_knows_its_data_set():
    assert (CELL.shared, CELL.repeat, REPEAT.shared, CELL.name) == (SHARED, REPEAT, SHARED, "rooms pdae 3")
    assert (REPEAT.model("base"), REPEAT.model("autoencoder")) == (REPEAT.base, SHARED.autoencoder)


def folders_of_ours() -> set[str]:
    """The names that stand where a method's name could, below runs/<dataset> and results/<dataset>."""
    own = (REPEAT.base, SHARED.autoencoder, SHARED.oracle, SHARED.parts, SHARED.references, SHARED.code_size)
    results = [SHARED.results(stage) for stage in ("autoencoder", "oracle", "references")]
    results += [REPEAT.results(stage) for stage in ("base", "attribute_loss")]
    below = [
        *own,
        *results,
        CELL.codes,
        SHARED.results("anchors"),
        SHARED.pictures("prepare"),
        REPEAT.anchors,
    ]
    return {path.parts[2].partition(".")[0] for path in below}


def test_no_method_can_have_the_name_of_a_folder_of_ours():
    assert folders_of_ours() <= set(RESERVED["method"])


def test_no_data_set_can_have_the_name_of_a_folder_of_ours():
    assert {paths.CODE.name, paths.PARTIAL.name, paths.LOGS.name} <= set(RESERVED["dataset"])


def test_paths_cost_no_library():
    """The report and the planning read them."""
    script = (
        "import sys; import diffrep.pipelines.core.paths; print(*(n for n in ('numpy', 'torch') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
