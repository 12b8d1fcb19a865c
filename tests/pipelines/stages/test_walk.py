"""The code on which a stage depends is all that its process can import, by an independent reading of the imports."""

import sys
from pathlib import Path

import grimp
import pytest

from diffrep.pipelines.core.source_code import NAME_TABLES, PLUMBING, code_hashes, is_plumbing, source_file
from diffrep.pipelines.stages import STAGES

LINKS = Path(__file__).parents[2] / "links"  # where the package lies as one folder
PACKAGES = [f"diffrep.{name}" for name in ("datasets", "methods", "metrics", "pipelines", "reports")]
WRITERS = set(STAGES) - {"code", "prepare", "code_size", "report"}


@pytest.fixture(scope="module")
def graph():
    """Who imports whom, by grimp, without plumbing and the tables of names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(LINKS)
        patch.delitem(sys.modules, "diffrep")  # or it would be looked for where it was imported from
        found = grimp.build_graph("diffrep", cache_dir=None)
    for module in [name for name in found.modules if is_plumbing(name)]:
        found.remove_module(module)
    for table in NAME_TABLES:
        for named in found.find_modules_directly_imported_by(table):
            found.remove_import(importer=table, imported=named)
    return found


@pytest.fixture(scope="module")
def walked():
    """{stage: the modules on which it depends}."""
    return {name: set(code_hashes(f"diffrep.pipelines.stages.{name}")) for name in STAGES}


@pytest.mark.parametrize("stage", STAGES)
def test_every_module_that_a_stage_can_import_outdates_it(stage, graph, walked):
    module = f"diffrep.pipelines.stages.{stage}"
    assert {module, *graph.find_upstream_modules(module)} - {*NAME_TABLES} <= walked[stage]


def test_every_module_is_walked_from_somewhere_or_told_as_plumbing_or_as_a_tool(graph, walked):
    """What no stage and no adapter can import is a tool of the command line."""
    names = ("agreement", "score", "contract", "presets", "sources.keys", "sources.listing", "sources.stores", "root")
    names = (*names, "core.profiles", "core.settings_text", "imports", "power", "tools", "trained.opened")
    tools = tuple(f"diffrep.pipelines.{name}" for name in names)
    adapters = set().union(
        *(code_hashes(m) for m in graph.modules if m.startswith(("diffrep.methods.", "diffrep.datasets.")))
    )
    left = graph.modules - set().union(*walked.values()) - adapters
    left = {name for name in left if not name.startswith(tools) and not name.startswith("diffrep.metrics")}
    assert left <= {*PACKAGES, *NAME_TABLES}


@pytest.mark.parametrize("module", PLUMBING)
def test_plumbing_is_there(module):
    assert source_file(module) is not None


def outdated_by(module: str, walked: dict[str, set[str]]) -> set[str]:
    return {stage for stage, modules in walked.items() if module in modules}


def test_the_writer_of_result_files_outdates_every_stage_that_has_one(walked):
    assert outdated_by("diffrep.pipelines.core.results", walked) >= WRITERS


def test_the_reader_of_codes_outdates_every_stage_that_reads_them(walked):
    assert {"probe", "disentangle", "reconstruct", "counterfactual"} <= outdated_by(
        "diffrep.pipelines.trained.codes", walked
    )


@pytest.mark.parametrize(
    ("module", "stages"),
    [
        ("diffrep.pipelines.training.fit", {"base", "autoencoder", "oracle", "train"}),
        ("diffrep.pipelines.evaluation.disentanglement", {"disentangle", "partway", "anchors", "drawn_anchors"}),
        ("diffrep.metrics.disentanglement.mig", {"disentangle", "partway", "anchors", "drawn_anchors"}),
        ("diffrep.metrics.images.reconstruction", {"reconstruct", "partway", "anchors", "drawn_anchors"}),
        ("diffrep.pipelines.evaluation.carry_over", {"probe"}),
        ("diffrep.pipelines.edits.range_swaps", {"counterfactual"}),
        ("diffrep.pipelines.trained.pairings", {"probe", "counterfactual"}),
        ("diffrep.datasets.shapes3d_rendered", set()),
        ("diffrep.methods.pdae", set()),
        ("diffrep.metrics.catalogue", {"code", "own_metrics", "report"}),  # what presets stand for is there
    ],
)
def test_a_module_outdates_no_stage_that_cannot_load_it(module, stages, walked):
    assert outdated_by(module, walked) == stages
