"""The command `diffrep`: one subcommand per stage of dvc.yaml, a few for the whole, and the tools."""

import sys
from pathlib import Path

import click

from diffrep.pipelines import command, stages
from diffrep.pipelines.command import settings
from diffrep.pipelines.core.cores import usable_cores
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.imports.command import import_weights
from diffrep.pipelines.running.child import in_a_child
from diffrep.pipelines.running.cluster.command import task
from diffrep.pipelines.score.command import score
from diffrep.pipelines.tools import TOOLS


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
    diffrep logs        print what the stages of a cell have printed
    diffrep compare     tell two trees of results apart, number by number
    diffrep power       what the seeds that were run could have found, and how many would find more
    diffrep ui          compare the runs in MLflow
    diffrep contract    try a method, a data set or a metric, ours or yours, against its contract
    diffrep datasets    which data sets there are, what of them is here and what is missing
    diffrep dry-run     what a training as published, or of params.yaml, needs of a GPU
    diffrep STAGE -h    what one stage reads and writes

    What you can mend is told in one line; DIFFREP_TRACEBACK=1 in the environment shows where it came from.
    """


for tool in (score, import_weights, task, *TOOLS):
    cli.add_command(tool)


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
@click.option("--seed", "seeds", type=int, multiple=True, help="Of the grid, to run it alone; may be given again.")
@click.option("--engine", type=click.Choice(["local", "slurm"]), default="local", show_default=True, help="Where.")
@click.option("--print", "printed", is_flag=True, help="With --engine slurm: write the scripts, start nothing.")
def repro(jobs: int, allow_missing: bool, seeds: tuple[int, ...], engine: str, printed: bool) -> None:
    """Run every stage that is out of date, independent cells side by side, and show what is left.

    The work is done by DVC, one "dvc repro" per stage: its lock and cache are those of a plain "dvc repro", and
    the tables do not depend on --jobs. What a stage prints is in runs/logs.

    With --allow-missing, in a clone: results are in git, weights and data are not. A cell whose settings and code are
    those of its results is left as it is, and what a changed one stands on (data, base model) is made again first.

    With --seed, a grid seed by seed: the cells of other seeds are left as they are, and those that are not run yet
    are said to be missing from the report.

    With --engine slurm each stage that is out of date becomes a task of a job array of SLURM (docs/slurm.md), and
    --jobs says nothing: the queue does. This process hands them over, shows how they are and records what they make; it
    may be ended, and started again. cluster.yaml, where there is one, says what tasks ask for. With --print the scripts
    are in runs/logs/cluster/printed, for SLURM or to be written anew for PBS, LSF and others.
    """
    if printed and engine == "local":
        raise click.UsageError("--print writes the scripts of a cluster: give --engine slurm with it.")
    if allow_missing and engine == "slurm":
        raise click.UsageError("--allow-missing is for this machine alone: what tasks read must be here.")
    params = settings()
    for seed in seeds:
        command.expect_in_grid(params, "seed", seed)
    if engine == "slurm":
        repro_slurm(params, seeds, printed=printed)
        return
    from diffrep.pipelines.running.repro import repro

    repro(params, jobs, allow_missing=allow_missing, seeds=seeds)


def repro_slurm(params: Params, seeds: tuple[int, ...], *, printed: bool) -> None:
    """Hand what is out of date over to SLURM, or write the scripts."""
    from functools import partial

    from diffrep.pipelines.presets.estimates import training_seconds
    from diffrep.pipelines.running.cluster.engine import repro_on_slurm
    from diffrep.pipelines.running.cluster.printed import print_scripts

    (print_scripts if printed else repro_on_slurm)(params, partial(training_seconds, params), seeds)


@cli.command()
@click.option(
    "--profile", metavar="NAME", help="Such as default (the quick one), smoke (the smallest): a wrong one lists all."
)
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


def main() -> None:
    """Run the command; in a child what has adapters run, which may end their process as if all were done."""
    adapters_run = {*stages.STAGES, "contract", "datasets", "dry-run"} & set(sys.argv[1:2])
    in_a_child(run) if adapters_run else run()


def run() -> None:
    """Run the command in this process; what a person can mend is told in one line, with a non-zero exit."""
    command.run(lambda: cli.main(standalone_mode=False))
