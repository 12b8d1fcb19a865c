"""The command that scores codes of one's own."""

from pathlib import Path

import click

from diffrep.metrics.catalogue import METRICS, PRESETS, STANDARD, TARGETS


@click.command(
    epilog="\n\n".join(f"Metrics of {k}: {', '.join(n for n, m in METRICS.items() if k in m.of)}." for k in TARGETS)
)
@click.argument("codes", type=click.Path(path_type=Path), metavar="CODES")
@click.option("--metrics", default="default", metavar="NAMES", help="What to measure, separated by commas.")
@click.option("--preset", type=click.Choice(list(PRESETS)), default=STANDARD, show_default=True, help="How much.")
@click.option("--compat", type=click.Choice(["disentanglement_lib"]), help="Repeat the published code, bugs included.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of all that is drawn.")
@click.option("--set", "changed", multiple=True, metavar="ARGUMENT", help="METRIC.ARGUMENT=VALUE: tad.thresholds=11.")
@click.option(
    "--json", "out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT", help="Where to write the scores."
)
def score(
    codes: Path, metrics: str, preset: str, compat: str | None, seed: int, changed: tuple[str, ...], out: Path | None
) -> None:
    """Score codes of your own: no training, no params.yaml, any folder.

    CODES is an .npz with codes and the factors or the attributes of the same images, in two parts or in one:

    \b
    np.savez("mine.npz", codes_train=..., factors_train=..., codes_test=..., factors_test=...)
    np.savez("mine.npz", codes=..., factors=...)     split by the seed, no row in both parts
    diffrep score mine.npz --json scores.json

    \b
    codes       [n, d] real, or [n, N, d] for N tokens: each is taken by its first principal component
    factors     [n, K] classes, as whole numbers, other numbers or words: FactorVAE, MIG, DCI, ...
    attributes  [n, A] zeros and ones, or -1 and 1, in place of factors: linear probes with AP, AUROC, F1, ...

    A .pt with a dict of such tensors and a .csv with columns codes.0, ... and factors.NAME are read too.

    --metrics takes names of metrics (mig,dci), of single results (dci_disentanglement) and of tables: default,
    extended, which is what default leaves out and says beforehand what it costs, and all. The table shows of each
    number its range, direction, chance and rows.

    --preset standard fits on 10,000 rows and tests on 5,000, quick on 3,000 and 1,500 with fewer votes and with
    permutation in place of boosting; never compare numbers of two presets, or of different n. With --compat, and for
    attributes in two parts, every row given is used; from one part no row is drawn twice, though published code draws
    with replacement, from hundreds of thousands. With --compat, --set tad.thresholds=11 is EncDiff's TAD.

    \b
    reads   CODES
    writes  OUT: {name: number or null}, flat; beside it, with the same name,
            .record.json: rows, seed, parameters, versions, why a number is missing
            .arrays.npz: what stands behind the numbers, such as matrices of importance
    """
    from diffrep.pipelines.score.run import score

    score(codes, asked=metrics, preset=preset, compat=compat is not None, seed=seed, out=out, changed=changed)
