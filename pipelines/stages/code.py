"""Check the sections of all adapters and hash the code of every stage and adapter: an edit reruns what it can change.

DVC watches files, and a stage's numbers depend on all that it can import; so the imports are followed, and every stage
depends on one small file of hashes for itself and one for its adapter. Comments, docstrings and layout do not count.
An adapter from outside the repository is followed too, and so are the files of models that others trained, those that
data sets are made from, and the reference run's tables, which stand in the report: `diffrep repro` runs this stage for
them, a plain `dvc repro` needs `dvc repro -f -s code` first. Before that a method from outside has to come through one
step of training, so that its mistakes are told before anything is trained.
"""

from pathlib import Path
from typing import Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import CODE, IMPORTED_BASE, OWN_METRICS, Cell, Shared, Whole, adapter_code
from diffrep.pipelines.core.paths import code as code_of
from diffrep.pipelines.core.stage import Stage

FOLDERS = (
    *("datasets", "methods", "metrics", "pipelines", "reports/__init__.py"),
    *(f"reports/{folder}" for folder in ("reading", "rows", "findings", "drawing", "pages")),  # not what is made
)


def code(params: Params, whole: Whole) -> None:
    """Write runs/code: hashes of stages, methods, data sets and files that are read, and what cells need."""
    from diffrep.datasets.files.sums import sha256_of
    from diffrep.pipelines.contract.first_step import expect_first_steps
    from diffrep.pipelines.core.files import replacing_folder, write_json
    from diffrep.pipelines.core.guard import HASHED_FILES
    from diffrep.pipelines.core.source_code import code_hashes, file_hashes, own_hashes
    from diffrep.pipelines.stages import STAGES
    from diffrep.pipelines.stages.report import REFERENCE
    from diffrep.pipelines.trained.imported import record
    from diffrep.reports.reading.reference import reference_tables_there

    expect_possible(params)
    expect_first_steps(params)
    expect_decodable(params)
    hashes: dict[Path, dict[str, Any]] = {
        code_of(name): {"code": code_hashes(f"diffrep.pipelines.stages.{name}")} for name in STAGES
    }
    declarations = [f"diffrep.pipelines.stages.{name}" for name in STAGES]
    hashes[code_of("report")]["code"] |= own_hashes(declarations)  # it reads what every stage declares
    hashes |= adapter_hashes(params) | {OWN_METRICS: own_metric_hashes(params)}
    with replacing_folder(CODE) as folder:
        others = needs(params) | data_files(params)
        tables = {str(table): sha256_of(table) for table in reference_tables_there(Path())}
        others |= {IMPORTED_BASE: record(params), REFERENCE: tables}
        for path, content in (hashes | others).items():
            write_json(folder / path.relative_to(CODE), content)
        modules = {module for content in hashes.values() for module in content["code"]}
        write_json(folder / HASHED_FILES.relative_to(CODE), file_hashes(sorted(modules)))


def expect_possible(params: Params) -> None:
    """Raise UserError for the first setting that a data set, the memory or a class does not allow."""
    from diffrep.pipelines.core.trainings import training_of
    from diffrep.pipelines.edits.extractors import expect_extractors
    from diffrep.pipelines.edits.oracle import OracleNetwork
    from diffrep.pipelines.evaluation.preset import expect_preset
    from diffrep.pipelines.trained.adapters import data_source
    from diffrep.pipelines.trained.buildable import expect_buildable, expect_in_memory, memory, tried
    from diffrep.pipelines.trained.limits import expect_enough
    from diffrep.pipelines.trained.own_metrics import own_metrics
    from diffrep.pipelines.trained.submodules import expect_submodules

    expect_extractors()
    expect_preset(params.evaluate)
    own_metrics(params.evaluate.metrics)
    for dataset in params.grid.dataset:
        source = data_source(params, dataset)
        expect_enough(params, dataset, source)
        expect_buildable(params, dataset, source.image_shape)
        given = {"sizes": (2,), "channels": params.oracle.channels}  # one attribute: what reads more is hardly larger
        oracle = tried("oracle", OracleNetwork, source.image_shape, [], given)
        if oracle is not None:
            expect_submodules(oracle, training_of(params, dataset, "oracle"))
            expect_in_memory(f"oracle on {dataset}", oracle, memory(params.machine.device))


def expect_decodable(params: Params) -> None:
    """Raise UserError for what evaluations ask of a decoder or a code that a method of the grid does not have."""
    from diffrep.pipelines.trained.adapters import data_source
    from diffrep.pipelines.trained.decodable import expect_dims, expect_steps

    for dataset in params.grid.dataset:
        shape = data_source(params, dataset).image_shape
        expect_steps(params, shape)
        expect_dims(params, shape)


def adapter_hashes(params: Params) -> dict[Path, dict[str, Any]]:
    """Of every adapter of the grid its class and the hashes of its code and of what it stands on; its section fits."""
    from diffrep.pipelines.core.arguments import arguments
    from diffrep.pipelines.core.source_code import code_hashes
    from diffrep.pipelines.trained.adapters import adapter_path, data_arguments, method_arguments, method_class
    from diffrep.pipelines.trained.buildable import network_of
    from diffrep.pipelines.trained.pretrained import NEEDS, class_of

    for need in NEEDS:
        arguments(class_of(need), need, {"network": network_of(params, need)})
    found: dict[Path, dict[str, Any]] = {}
    for name in params.grid.dataset:
        data_arguments(params, name)
        path = adapter_path(params, "datasets", name)
        found[adapter_code("datasets", name)] = {"adapter": path, "code": code_hashes(path.partition(":")[0])}
    for name in params.grid.method:
        method_arguments(params, name)
        path = adapter_path(params, "methods", name)
        stands_on = [NEEDS[need] for need in method_class(params, name).needs]
        modules = [each.partition(":")[0] for each in (path, *stands_on)]
        found[adapter_code("methods", name)] = {"adapter": path, "code": code_hashes(*modules)}
    return found


def own_metric_hashes(params: Params) -> dict[str, Any]:
    """The hashes of the code of metrics from outside."""
    from diffrep.pipelines.core.source_code import code_hashes

    modules = sorted({path.partition(":")[0] for path in params.evaluate.metrics})
    return {"code": code_hashes(*modules) if modules else {}}


def data_files(params: Params) -> dict[Path, dict[str, str]]:
    """What the files of every data set of the grid are, read before the last record of them is written over."""
    from diffrep.pipelines.core.files import read_json
    from diffrep.pipelines.sources.person_files import record

    places = {name: Shared(name).files for name in params.grid.dataset}
    earlier = {name: read_json(path) if path.exists() else {} for name, path in places.items()}
    return {path: record(params.datasets[name].settings, earlier[name]) for name, path in places.items()}


def needs(params: Params) -> dict[Path, dict[str, Any]]:
    """Whether an autoencoder is needed, which is imported; of every cell the hash of its settings, code and files."""
    from diffrep.pipelines.core.params import digest, value_at
    from diffrep.pipelines.core.source_code import code_hashes
    from diffrep.pipelines.trained.adapters import method_class
    from diffrep.pipelines.trained.imported_autoencoder import record

    theirs = record(params)
    imported = {"imported": theirs} if theirs else {}
    made_by = [code_hashes("diffrep.pipelines.stages.autoencoder"), *imported.values()]
    standing = {name for name in params.grid.method if "autoencoder" in method_class(params, name).needs}
    found: dict[Path, dict[str, Any]] = {}
    for dataset in params.grid.dataset:
        found[Shared(dataset).needs_autoencoder] = {"autoencoder": bool(standing), **imported}
        settings = digest(value_at(params, "autoencoder"), params.budgets[dataset].autoencoder, *made_by)
        for name in params.grid.method:
            found[Cell(dataset, name, "").needs] = {"autoencoder": settings} if name in standing else {}
    return found


STAGE = Stage(
    code,
    Whole,
    params=(
        *("grid", "budgets", "datasets", "base", "autoencoder", "oracle", "train", "methods", "machine.device"),
        *(
            f"evaluate.{key}"
            for key in ("preset", "diagnose", "probe", "disentangle", "metrics", "reconstruct", "counterfactual")
        ),
    ),
    reads=lambda whole: tuple(map(Path, FOLDERS)),
    writes=lambda whole: (CODE,),
)
