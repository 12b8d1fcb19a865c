"""The command `diffrep`: one subcommand per stage of dvc.yaml, and a few for the whole."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from diffrep.pipelines.errors import one_line

DATASET = click.option("--dataset", required=True, metavar="NAME", help="A data set of grid.dataset in params.yaml.")
METHOD = click.option("--method", required=True, metavar="NAME", help="A method of grid.method in params.yaml.")
SEED = click.option("--seed", required=True, type=int, help="A training seed of grid.seed in params.yaml.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="diffrep")
def cli() -> None:
    """A reproducible benchmark of diffusion representation methods.

    Everything that runs is in dvc.yaml, every number that it runs with in params.yaml, both in the folder you are in.

    \b
    diffrep repro       run whatever is out of date, cells side by side (dvc repro does the same one by one)
    diffrep ui          compare the runs in MLflow
    diffrep STAGE -h    what one stage reads and writes
    """


def settings() -> dict[str, Any]:
    """The checked params.yaml, with the thread count in force before any numerical library is loaded."""
    from diffrep.pipelines.params import load

    params = load()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = str(params["machine"]["threads"])
    return params


@cli.command()
def adapters() -> None:
    """Check the sections of all adapters and hash their code, so that editing one reruns its cells only.

    Writes runs/adapters/methods/NAME.json and runs/adapters/datasets/NAME.json.
    """
    from diffrep.pipelines.adapters import adapters

    adapters(settings())


@cli.command()
@DATASET
def prepare(dataset: str) -> None:
    """Render or read a data set into data/NAME: images, factors, attributes, splits and card.json."""
    params = settings()
    from diffrep.pipelines.prepare import prepare

    prepare(params, dataset)


@cli.command()
@DATASET
def base(dataset: str) -> None:
    """Train the diffusion model that PDAE and DiTi build on; diffusers' from_pretrained reads runs/NAME/base."""
    params = settings()
    from diffrep.pipelines.base import base

    base(params, dataset)


@cli.command()
@DATASET
def oracle(dataset: str) -> None:
    """Train the judge of counterfactuals on real images and put its accuracy on record."""
    params = settings()
    from diffrep.pipelines.oracle import oracle

    oracle(params, dataset)


@cli.command()
@DATASET
@METHOD
@SEED
def train(dataset: str, method: str, seed: int) -> None:
    """Train one cell; a killed run goes on from its last checkpoint, unless settings, code or data changed."""
    params = settings()
    from diffrep.pipelines.train import train

    train(params, dataset, method, seed)


@cli.command()
@DATASET
@METHOD
def encode(dataset: str, method: str) -> None:
    """Write the codes of all splits, for every seed of the method."""
    params = settings()
    from diffrep.pipelines.encode import encode

    encode(params, dataset, method)


@cli.command()
@DATASET
@METHOD
def probe(dataset: str, method: str) -> None:
    """Average precision, F1 and AUROC of linear attribute probes on the codes, for every seed."""
    params = settings()
    from diffrep.pipelines.probe import probe

    probe(params, dataset, method)


@cli.command()
@DATASET
@METHOD
def disentangle(dataset: str, method: str) -> None:
    """FactorVAE, MIG and DCI of the codes on data whose factors are known, for every seed."""
    params = settings()
    from diffrep.pipelines.disentangle import disentangle

    disentangle(params, dataset, method)


@cli.command()
@DATASET
@METHOD
def reconstruct(dataset: str, method: str) -> None:
    """MSE, PSNR and SSIM of test images decoded from their codes: from noise, and from the inferred start."""
    params = settings()
    from diffrep.pipelines.reconstruct import reconstruct

    reconstruct(params, dataset, method)


@cli.command()
@DATASET
@METHOD
def counterfactual(dataset: str, method: str) -> None:
    """Swap one part of a code between two images and let the oracle judge what changed."""
    params = settings()
    from diffrep.pipelines.counterfactual import counterfactual

    counterfactual(params, dataset, method)


@cli.command()
@DATASET
def anchors(dataset: str) -> None:
    """The rows that give every number its scale: true factors, rotated, noise, PCA of pixels, the mean image."""
    params = settings()
    from diffrep.pipelines.anchors import anchors

    anchors(params, dataset)


@cli.command()
def report() -> None:
    """Tables, figures and reports/index.html from the result files; fills MLflow too."""
    params = settings()
    from diffrep.pipelines.report import report

    report(params)


@cli.command()
def sync() -> None:
    """Fill MLflow's database from the result files; what is there already is left as it is."""
    params = settings()
    from diffrep.pipelines.report import sync

    sync(params)


@cli.command()
@click.option("--port", default=5000, show_default=True, help="Where the page is served, on this machine only.")
def ui(port: int) -> None:
    """Open MLflow on the results: one run per cell, with curves, settings, metrics and pictures."""
    params = settings()
    from diffrep.pipelines.ui import serve

    serve(params, port)


@cli.command()
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default="cores", help="Cells side by side."
)
def repro(jobs: int) -> None:
    """Run every stage that is out of date, independent cells side by side, and show what is left.

    The work is done by DVC, one "dvc repro" per cell: its lock and cache are those of a plain "dvc repro", and
    the tables do not depend on --jobs.
    """
    params = settings()
    from diffrep.pipelines.repro import repro

    repro(params, jobs)


@cli.command()
@click.option(
    "--profile", required=True, metavar="NAME", help="A file of pipelines/profiles, without its .yaml: smoke."
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def workspace(profile: str, folder: Path) -> None:
    """Copy the pipeline into FOLDER with the params of a profile; run diffrep repro (or dvc repro) there.

    Its runs, results and report are its own; called again, it brings changed files over and keeps the runs.
    """
    from diffrep.pipelines.workspace import workspace

    workspace(profile, folder)


def main() -> None:
    """Run the command; what a person can mend is told in one line, with a non-zero exit."""
    run(cli.main)


def run(command: Callable[..., Any]) -> None:
    """Call click's `command` and turn errors into one line; bugs keep their traceback."""
    try:
        command(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit("diffrep: interrupted; finished work is kept")
    except KeyboardInterrupt:
        sys.exit("diffrep: interrupted; finished work is kept")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        line = one_line(error)
        if line is None or os.environ.get("DIFFREP_TRACEBACK"):
            raise
        sys.exit(f"diffrep: error: {line}")
