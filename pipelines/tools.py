"""Subcommands that run no stage: they look at what is there, or at what a run would need."""

import sys
from pathlib import Path

import click

from diffrep.pipelines.command import settings
from diffrep.pipelines.core.params import FILE
from diffrep.pipelines.core.profiles import default_params


@click.command()
@click.argument("first", type=click.Path(file_okay=False, path_type=Path))
@click.argument("second", type=click.Path(file_okay=False, path_type=Path))
def compare(first: Path, second: Path) -> None:
    """Tell two trees of results apart, number by number: FIRST and SECOND are folders like results/.

    Each difference stands beside the standard deviation of its number over the seeds of FIRST: "within spread" where
    it is no larger. The same machine, versions and threads give every digit again; another instruction set changes the
    last bits of a training, and more of what is measured of it. Ends with exit code 1 where the trees differ.

    \b
    reads   FIRST, SECOND
    writes  nothing
    """
    from diffrep.pipelines.agreement.compare import compare

    sys.exit(0 if compare(first, second) else 1)


@click.command()
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="As result files have it; may be repeated.")
@click.option("--difference", type=click.FloatRange(0, min_open=True), help="That seeds are to find, in its units.")
@click.option("--seeds", type=click.IntRange(2, 1000), help="As if there were so many of each method.")
@click.option(
    "--power",
    "share",
    type=click.FloatRange(0.1, 0.99),
    default=0.8,
    show_default=True,
    help="How often a difference that is there is to be found.",
)
def power(metrics: tuple[str, ...], difference: float | None, seeds: int | None, share: float) -> None:
    """Say how small a difference the training seeds of the results find, and how many would tell one.

    Before a run: how many seeds do I need? After it: is "not told apart" the same as "alike"? A metric stands with its
    spread over seeds (sd, all methods that are trained), the smallest difference between two methods that a t-test at
    .05 finds in 80 % of all cases, and how many seeds of each method would find a difference: the one between the best
    two, or --difference. "One pair" is one test; "all" is one of as many as there are methods beside the reference, as
    Holm's correction first asks of the clearest. Where the reference is the same for every seed, as PCA is, it is told
    from fewer seeds.

    \b
    diffrep power                                        the metrics of the summary table
    diffrep power --seeds 10                             what ten seeds would find
    diffrep power --metric average_precision --difference 0.02

    \b
    reads   params.yaml, results
    writes  nothing
    """
    if difference is not None and not metrics:
        raise click.UsageError("Give --metric NAME with --difference: a difference is in the units of a metric.")
    params = settings()
    from diffrep.pipelines import power
    from diffrep.reports.rows.power import Goal

    power.power(params, metrics, Goal(share, seeds, difference))


@click.command()
@click.argument("name")
@click.option(
    "--settings",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with the keys of the method's section; without it, the section of params.yaml.",
)
@click.option("--size", type=click.IntRange(1), default=32, show_default=True, help="Side of the images in pixels.")
@click.option("--steps", type=click.IntRange(1), default=80, show_default=True, help="Steps of the short training.")
def contract(name: str, file: Path | None, size: int, steps: int) -> None:
    """Try the contract of a method, a data set or a metric on NAME, promise by promise: a name of ours, a row of
    params.yaml, package.module:Class or package.module:function.

    A method is built with its section, on an untrained base model where it needs one, and trained for some steps on
    plain colours: seconds on one core. Of a data set of params.yaml the first images are looked at, and all else that
    datasets/source.py asks. A metric is a function of codes and factors; metrics/outside.py says how it is written.
    Ends with exit code 1 where a promise is broken; methods/README.md shows a whole adapter.

    \b
    reads   params.yaml, or the default one where there is none; FILE.yaml of --settings
    writes  nothing
    """
    params = settings(None if Path(FILE).exists() else default_params())
    from diffrep.pipelines.contract.metric import contract_of_metric
    from diffrep.pipelines.trained.own_metrics import is_metric

    if name not in (*params.methods, *params.datasets) and is_metric(name):
        sys.exit(0 if contract_of_metric(name) else 1)
    from diffrep.pipelines.contract.data_set import contract_of_data_set, row_of
    from diffrep.pipelines.contract.run import contract

    data_set = None if name in params.methods else row_of(params, name)
    kept = contract_of_data_set(params, data_set) if data_set else contract(params, name, file, size, steps)
    sys.exit(0 if kept else 1)


@click.command()
@click.argument("name", required=False)
def datasets(name: str | None) -> None:
    """List all data sets with what is here of them and what is missing; of NAME all that there is to know.

    NAME is one of ours, a section of params.yaml or package.module:Class: its citation, licence, size, what to put
    where, the keys of its section and what they mean, and a section to begin with. Every section of params.yaml is
    built, as far as its files allow; diffrep prepare --check then looks at every image.

    \b
    reads   params.yaml, where there is one, and the files that it names
    writes  nothing
    """
    params = settings() if Path(FILE).exists() else None
    from diffrep.pipelines.sources.listing import listed, shown

    print(listed(params) if name is None else shown(params, name))


@click.command("dry-run")
@click.argument("preset", required=False)
@click.option("--method", metavar="ROW", help="Only this row of the preset or of the grid.")
@click.option("--gpu", default="a100", show_default=True, help="a100, h100, h200, rtx4090 or v100.")
@click.option("--tflops", type=click.FloatRange(0, min_open=True), help="What a GPU sustains, where you have measured.")
def dry_run(preset: str | None, method: str | None, gpu: str, tflops: float | None) -> None:
    """Build every network of PRESET, count it, and say what its training needs of a GPU; nothing is trained.

    A preset holds the settings of one paper on one data set, complete: pdae-celeba64, diffae-ffhq128, drl-cifar10,
    encdiff-shapes3d; any other word lists them all, methods/published.yaml shows them. Without PRESET: the rows of
    params.yaml. The networks have shapes but no numbers, so that this takes seconds and no memory.

    \b
    A row of the table:  parameters, and whether every count is the one that the paper or its code states
                         operations of a training step, memory on one GPU at the row's batch, time for its steps
    Memory and time are estimates; the table says what they assume. Ends with exit code 1 where a count differs.

    \b
    reads   params.yaml, without PRESET
    writes  nothing
    """
    from diffrep.pipelines.presets.dry_run import dry_run

    dry_run(None if preset else settings(), preset, method, gpu, tflops)


@click.command("dvc-yaml")
def dvc_yaml() -> None:
    """Write dvc.yaml anew, of what the files of pipelines/stages declare.

    \b
    reads   the declarations
    writes  dvc.yaml
    """
    from diffrep.pipelines.running.pipeline_file import pipeline_file

    Path("dvc.yaml").write_text(pipeline_file())


@click.command()
@click.argument("cell")
@click.option("--lines", type=click.IntRange(1), help="Only so many, from the end of each log.")
def logs(cell: str, lines: int | None) -> None:
    """Print what the stages of CELL have printed the last time they ran, here or on a cluster.

    CELL is a stage as diffrep repro names it, or the part behind its @, for all stages of it.

    \b
    diffrep logs train@shapes3d_rendered-pdae-0
    diffrep logs shapes3d_rendered-pdae-0 --lines 5

    \b
    reads   runs/logs
    writes  nothing
    """
    from diffrep.pipelines.running.logs import print_logs

    print_logs(cell, lines)


TOOLS = (compare, power, contract, datasets, dry_run, dvc_yaml, logs)
