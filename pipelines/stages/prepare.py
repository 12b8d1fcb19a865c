"""Render or read a data set: its source becomes arrays that every later stage maps into memory.

Where the images are not rendered, the archive that params.yaml names is read.

With --check nothing is written. Every file is looked at, every image decoded, and all that is wrong is told at once,
before any training: half a download, a web page in a file's place, a wrong split, pictures that cannot be decoded,
attributes without pictures; and which settings of params.yaml ask for more images than a data set of the grid has. It
ends with exit code 1 where something is wrong, else it says what is there. A data set need not be in the grid for that;
without --dataset all of the grid are looked at.
"""

from typing import TYPE_CHECKING

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import CONTACT, Shared
from diffrep.pipelines.core.stage import Stage

if TYPE_CHECKING:
    from diffrep.datasets.source import Source


def prepare(params: Params, shared: Shared) -> None:
    """Write data/<dataset>: images, factors, attributes, splits, card.json; what they look like goes to pictures."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.files import replacing_folder
    from diffrep.pipelines.core.pictures import save_rows
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.sources.contact_sheet import caption, contact_sheet
    from diffrep.pipelines.sources.counts import counts, described
    from diffrep.pipelines.trained.adapters import adapter_path, data_set_named, data_source

    name = shared.dataset
    with written(STAGE, shared, params) as result, data_set_named(name, adapter_path(params, "datasets", name)):
        source = data_source(params, name)
        write_data(params, shared, source)
        data = Prepared(shared.data)
        result.update(data_sha256=data.checksum, **counts(data))
        result.notes = described(data, source)
        rows = contact_sheet(data, source)
        with replacing_folder(shared.pictures("prepare")) as folder:
            save_rows(folder / CONTACT, rows, caption=caption(rows))


def write_data(params: Params, shared: Shared, source: "Source") -> None:
    """Write the prepared folder, as it is made."""
    from diffrep.datasets.writing import write
    from diffrep.pipelines.core.cores import usable_cores
    from diffrep.pipelines.core.guard import code_on_record
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.sources.stamps import files_stamp

    settings = params.datasets[shared.dataset].settings
    with meter(f"prepare {shared.dataset}", len(source)) as shown:
        write(
            source,
            shared.data,
            progress=lambda done, _: shown.advance(done - shown.done),
            identity={"settings": settings, "files": files_stamp(settings), "code": code_on_record(STAGE, shared)},
            processes=usable_cores(),
            array_bytes=params.machine.array_gib * 2**30,
        )


def check(params: Params, dataset: str | None) -> bool:
    """Say what is wrong with the files of a data set, or of all in the grid; whether nothing is."""
    from diffrep.pipelines.sources import check

    return check.check(params, dataset)


STAGE = Stage(
    prepare,
    Shared,
    params=("datasets.{dataset}", "machine.array_gib"),
    reads=lambda shared: (shared.code, shared.files),
    writes=lambda shared: (shared.data, shared.pictures("prepare")),
    results=lambda shared: (shared.results("prepare"),),
    check=check,
    cached=False,  # arrays may be of any size, and are made again as they were
)
