"""The subcommands of `diffrep` that are stages of dvc.yaml: what each reads and writes."""

import click

from diffrep.pipelines.core.stage import settings, stage

DATASET = click.option("--dataset", required=True, metavar="DATASET", help="One of grid.dataset in params.yaml.")
METHOD = click.option("--method", required=True, metavar="METHOD", help="One of grid.method in params.yaml.")
SEED = click.option("--seed", required=True, type=int, metavar="SEED", help="One of grid.seed in params.yaml.")


@click.command()
def adapters() -> None:
    """Check the sections of all adapters and hash their code, so that editing one reruns its cells only.

    \b
    reads   params.yaml, the source files of the grid's adapters
    writes  runs/adapters/methods/NAME.json, runs/adapters/datasets/NAME.json
            runs/adapters/code.json: the largest code size, which the anchors take
            runs/adapters/needs.json, runs/adapters/needs/DATASET/NAME.json: who stands on an autoencoder
    """
    params = settings()
    from diffrep.pipelines.stages.code import adapters

    adapters(params)


@click.command()
@DATASET
def prepare(dataset: str) -> None:
    """Render or read a data set.

    \b
    reads   params.yaml, and the archive that it names where the images are not rendered
    writes  data/DATASET: images, factors (grid data), attributes, splits and card.json
    """
    stage("prepare", dataset=dataset)


@click.command()
@DATASET
def base(dataset: str) -> None:
    """Train the pre-trained diffusion model that methods stand on.

    \b
    reads   data/DATASET
    writes  runs/DATASET/base: what diffusers' from_pretrained reads, and card.json
            results/DATASET/base.json
            runs/partial/DATASET/base: its checkpoint, until it has ended
    """
    stage("base", dataset=dataset)


@click.command()
@DATASET
def autoencoder(dataset: str) -> None:
    """Train the autoencoder of methods in a latent space; without such a method in the grid, put that on record.

    \b
    reads   data/DATASET, runs/adapters/needs.json
    writes  runs/DATASET/autoencoder: what diffusers' from_pretrained reads, card.json
            and ready.json, which is always the same and stands there in any case
            results/DATASET/autoencoder.json
            runs/partial/DATASET/autoencoder: its checkpoint, until it has ended
    """
    stage("autoencoder", dataset=dataset)


@click.command()
@DATASET
def oracle(dataset: str) -> None:
    """Train the judge of counterfactuals on real images and put its accuracy on record.

    \b
    reads   data/DATASET
    writes  runs/DATASET/oracle: the judge, card.json, and features of real images
            results/DATASET/oracle.json
            runs/partial/DATASET/oracle: its checkpoint, until it has ended
    """
    stage("oracle", dataset=dataset)


@click.command()
@DATASET
@METHOD
@SEED
def train(dataset: str, method: str, seed: int) -> None:
    """Train one cell; a killed run goes on from its last checkpoint, unless settings, code or data changed.

    \b
    reads   data/DATASET, runs/adapters/methods/METHOD.json
            runs/DATASET/base and runs/DATASET/autoencoder, where the method stands on them
    writes  runs/DATASET/METHOD/SEED: weights and the settings they belong to
            results/DATASET/METHOD/train/SEED.json, and the curves in
            results/DATASET/METHOD/train/SEED.csv
            runs/partial/DATASET/METHOD/SEED: its checkpoint, until it has ended
            mlflow.db, or the server of MLFLOW_TRACKING_URI: the curves, while it runs
    """
    stage("train", dataset=dataset, method=method, seed=seed)


@click.command()
@DATASET
@METHOD
def encode(dataset: str, method: str) -> None:
    """Write the codes of all splits, for every seed of the method, and whether it looks at them when it denoises.

    \b
    reads   data/DATASET, runs/DATASET/METHOD/SEED
            runs/DATASET/base and runs/DATASET/autoencoder, where the method stands on them
    writes  runs/DATASET/codes/METHOD/SEED.npz: the codes
            runs/DATASET/codes/METHOD/SEED.json: the parts they are made of
            results/DATASET/METHOD/encode/SEED.json
            results/DATASET/METHOD/arrays/encode/SEED.npz
    """
    stage("encode", dataset=dataset, method=method)


@click.command()
@DATASET
@METHOD
def probe(dataset: str, method: str) -> None:
    """Average precision, F1 and AUROC of linear attribute probes on the codes, for every seed.

    \b
    reads   data/DATASET, runs/DATASET/codes/METHOD/SEED.npz
    writes  results/DATASET/METHOD/probe/SEED.json
            results/DATASET/METHOD/probe/VIEW/SEED.json, where a code has further views
            results/DATASET/METHOD/probe/SEED.parts.csv, where it has parts: what each of them tells
            results/DATASET/METHOD/arrays/probe/SEED.npz
    """
    stage("probe", dataset=dataset, method=method)


@click.command()
@DATASET
@METHOD
def disentangle(dataset: str, method: str) -> None:
    """FactorVAE, MIG and DCI of the codes on data whose factors are known, for every seed.

    \b
    reads   data/DATASET, runs/DATASET/codes/METHOD/SEED.npz
    writes  results/DATASET/METHOD/disentangle/SEED.json
            results/DATASET/METHOD/disentangle/VIEW/SEED.json, where a code has further views
            results/DATASET/METHOD/disentangle/SEED.parts.csv, where it has parts: what each of them tells
            results/DATASET/METHOD/arrays/disentangle/SEED.npz
    """
    stage("disentangle", dataset=dataset, method=method)


@click.command()
@DATASET
@METHOD
def reconstruct(dataset: str, method: str) -> None:
    """MSE, PSNR and SSIM of test images decoded from their codes: from noise, and from the inferred start.

    \b
    reads   data/DATASET, runs/DATASET/METHOD/SEED, runs/DATASET/codes/METHOD/SEED.npz
            runs/DATASET/base and runs/DATASET/autoencoder, where the method stands on them
    writes  results/DATASET/METHOD/reconstruct/SEED.json
            results/DATASET/METHOD/arrays/reconstruct/SEED.npz
            results/DATASET/METHOD/pictures/reconstruct/SEED.png and SEED.rows.json
    """
    stage("reconstruct", dataset=dataset, method=method)


@click.command()
@DATASET
@METHOD
def counterfactual(dataset: str, method: str) -> None:
    """Edit test images through their codes and judge what changed, for every seed.

    Edits: one part of the code from another image; the dimensions that tell most of a factor; steps along a
    linear probe; everything on the way from one image to another; nothing at all, ten times over. Judges: the
    oracle, distances to real images and, where scenes can be drawn anew, the true counterfactual.

    \b
    reads   data/DATASET, runs/DATASET/METHOD/SEED, runs/DATASET/codes/METHOD/SEED.npz
            runs/DATASET/oracle
            runs/DATASET/base and runs/DATASET/autoencoder, where the method stands on them
            DIFFREP_INCEPTION_WEIGHTS, where it is set: the Inception weights, for cf_fid and its kin
    writes  results/DATASET/METHOD/counterfactual/SEED.json
            results/DATASET/METHOD/arrays/counterfactual/SEED.npz
            results/DATASET/METHOD/pictures/counterfactual/SEED.png, and SEED-exact, SEED-direction,
            SEED-interpolation, SEED-blocks, SEED-ranges; each with its rows' names in .rows.json
    """
    stage("counterfactual", dataset=dataset, method=method)


@click.command()
@DATASET
def anchors(dataset: str) -> None:
    """The rows that give every number its scale: true factors, rotated, noise, PCA of pixels, the mean image.

    And when noise takes each factor, by the base model, where images can be drawn anew.

    \b
    reads   data/DATASET, runs/DATASET/base, runs/adapters/code.json, results/DATASET/oracle.json
    writes  results/DATASET/anchors/NAME/STAGE/SEED.json, results/DATASET/anchors/attribute_loss.json
    """
    stage("anchors", dataset=dataset)


@click.command()
def report() -> None:
    """Tables, figures and a page from the result files; fills MLflow too.

    \b
    reads   params.yaml, results, data/DATASET/card.json
    writes  reports/tables, reports/figures, reports/index.html, reports/methods/METHOD.html
            mlflow.db and mlartifacts, or the server of MLFLOW_TRACKING_URI
    """
    params = settings()
    from diffrep.pipelines.stages.report import report

    report(params)


STAGES = (
    adapters,
    prepare,
    base,
    autoencoder,
    oracle,
    train,
    encode,
    probe,
    disentangle,
    reconstruct,
    counterfactual,
    anchors,
    report,
)
