"""The command `diffrep`: one subcommand per stage of dvc.yaml, and a few for the whole."""

import sys
from pathlib import Path

import click

from diffrep.pipelines import command, stages
from diffrep.pipelines.command import settings
from diffrep.pipelines.core.cores import usable_cores
from diffrep.pipelines.core.params import FILE
from diffrep.pipelines.core.profiles import default_params
from diffrep.pipelines.running.child import in_a_child
from diffrep.pipelines.score.command import score


class Commands(click.Group):
    """The tools below, and the stages, whose files are read when they are named."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Stages in their order, then tools."""
        return [*stages.STAGES, *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A tool, or the command of a stage."""
        return command.stage_command(stages.load(name)) if name in stages.STAGES else super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="diffrep")
def cli() -> None:
    """A reproducible benchmark of diffusion representation methods.

    Everything that runs is in dvc.yaml, every number that it runs with in params.yaml, both in the folder you are in;
    diffrep score needs neither.

    \b
    diffrep score       score codes of your own, from any folder
    diffrep repro       run whatever is out of date, cells side by side (dvc repro does the same one by one)
    diffrep compare     tell two trees of results apart, number by number
    diffrep power       what the seeds that were run could have found, and how many would find more
    diffrep ui          compare the runs in MLflow
    diffrep contract    try a method, a data set or a metric, ours or yours, against its contract
    diffrep datasets    which data sets there are, what of them is here and what is missing
    diffrep dry-run     what a training as published, or of params.yaml, needs of a GPU
    diffrep STAGE -h    what one stage reads and writes

    What you can mend is told in one line; DIFFREP_TRACEBACK=1 in the environment shows where it came from.
    """


cli.add_command(score)


@cli.command()
def sync() -> None:
    """Bring MLflow in step with the result files: what is new or has changed is written, the rest left as it is.

    \b
    one experiment   for each preset and data set: diffrep/quick/shapes3d_rendered; MLFLOW_EXPERIMENT_NAME
                     takes the place of the first word
    one run          for each row and seed, with settings, metrics, curves, data, results and labelled
                     pictures, and one for the report's tables and figures
    one model        for each cell whose weights are here: it names them and copies none, and its predict
                     gives the codes of images [n, h, w, c] uint8

    Several workspaces may write to one server, each to runs of its own: they carry its name as a tag, which is kept in
    mlflow.json. A clone and a copy are workspaces of their own, a folder that is moved stays the same. A server that
    does not answer costs seconds and is told in one line.

    \b
    reads   params.yaml, results, reports/tables, reports/figures
    writes  mlflow.db and mlartifacts, or the server of MLFLOW_TRACKING_URI
    """
    params = settings()
    from diffrep.pipelines.stages.report import sync

    sync(params)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="On this machine only.")
def ui(port: int) -> None:
    """Bring MLflow in step with the results and serve it; when it answers, print the link to runs and their metrics.

    The page's list "Views" has three: the runs of methods, their means over seeds, and all rows with the anchors. Each
    has charts too (the second button above the list): the metrics of the first table, then the curves of all runs on
    one axis, and the other metrics folded by what they measure. Ctrl-C ends it. Meanwhile, in Python:

    \b
    mlflow.set_tracking_uri("http://127.0.0.1:5000")
    mlflow.pyfunc.load_model("runs:/RUN/encoder").predict(images)

    Where MLFLOW_TRACKING_URI names a server already, that one is filled and its link printed.

    \b
    reads   params.yaml, results, reports/tables, reports/figures
    writes  mlflow.db and mlartifacts, or the server of MLFLOW_TRACKING_URI
    """
    params = settings()
    from functools import partial

    from diffrep.pipelines.study import settings_of, study_of
    from diffrep.pipelines.tracking.ui import serve

    serve(study_of(params), partial(settings_of, params), port)


@cli.command()
@click.option("--jobs", type=click.IntRange(1), default=usable_cores, show_default="usable cores", help="Side by side.")
@click.option("--allow-missing", is_flag=True, help="Make what is missing here only where a stage that runs reads it.")
def repro(jobs: int, allow_missing: bool) -> None:
    """Run every stage that is out of date, independent cells side by side, and show what is left.

    The work is done by DVC, one "dvc repro" per stage: its lock and cache are those of a plain "dvc repro", and
    the tables do not depend on --jobs. What a stage prints is in runs/logs.

    With --allow-missing, in a clone: results are in git, weights and data are not. A cell whose settings and code are
    those of its results is left as it is, and what a changed one stands on (data, base model) is made again first.
    """
    params = settings()
    from diffrep.pipelines.running.repro import repro

    repro(params, jobs, allow_missing=allow_missing)


@cli.command()
@click.option("--profile", metavar="NAME", help="default (the whole grid), smoke (the smallest) or diffsiam.")
@click.option("--preset", metavar="NAME", help="A paper on a data set, such as pdae-celeba64; another word lists all.")
@click.option("--tiny", is_flag=True, help="The preset at its smallest, on files that are made for it.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def workspace(profile: str | None, preset: str | None, tiny: bool, folder: Path) -> None:
    """Copy the pipeline into FOLDER with the params of a profile or a preset; run diffrep repro (or dvc repro) there.

    Its runs, results and report are its own; called again, it brings changed files over and keeps the runs. What runs
    is the installed code, of which FOLDER holds copies for DVC to watch: edit the repository's files, not those.

    With --preset params.yaml is the whole experiment as published, on a GPU: data set, networks, trainings and steps of
    a paper, and what no paper says beside it, chosen for that scale; what of it is not built is printed. Put the data
    set's files where its section `datasets` says, or change the paths there; diffrep prepare --check looks at them,
    diffrep dry-run says what memory and time the rows take. --tiny runs the same through all stages in minutes on a
    CPU: the same kinds of networks with few channels, few steps, and pictures in its format, made in FOLDER/data/made.

    \b
    diffrep workspace --preset pdae-celeba64 FOLDER
    diffrep workspace --preset pdae-celeba64 --tiny FOLDER

    \b
    reads   the files of the repository that one stands in, or else of the installed package
    writes  FOLDER
    """
    if (profile is None) == (preset is None):
        raise click.UsageError("Give --profile NAME or --preset NAME: one of both.")
    if tiny and preset is None:
        raise click.UsageError("--tiny is for a preset: a profile has its sizes.")
    from diffrep.pipelines.presets import writing
    from diffrep.pipelines.running.workspace import params_text, workspace

    if preset is None:
        workspace(params_text(str(profile)), folder)
        return
    workspace(writing.params_text(preset, tiny=tiny), folder)
    if tiny:
        writing.make_files(preset, folder)
    writing.tell_unbuilt(preset)


@cli.command()
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


@cli.command()
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


@cli.command("dvc-yaml")
def dvc_yaml() -> None:
    """Write dvc.yaml anew, of what the files of pipelines/stages declare.

    \b
    reads   the declarations
    writes  dvc.yaml
    """
    from diffrep.pipelines.running.pipeline_file import pipeline_file

    Path("dvc.yaml").write_text(pipeline_file())


@cli.command()
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
    datasets/prepared.py asks. A metric is a function of codes and factors; metrics/outside.py says how it is written.
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


@cli.command()
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


@cli.command("dry-run")
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


def main() -> None:
    """Run the command; in a child what has adapters run, which may end their process as if all were done."""
    adapters_run = {*stages.STAGES, "contract", "datasets", "dry-run"} & set(sys.argv[1:2])
    in_a_child(run) if adapters_run else run()


def run() -> None:
    """Run the command in this process; what a person can mend is told in one line, with a non-zero exit."""
    command.run(lambda: cli.main(standalone_mode=False))
