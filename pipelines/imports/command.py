"""`diffrep import-weights`, and what it can be told."""

from pathlib import Path

import click


@click.command("import-weights")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The workspace.")
@click.option("--preset", metavar="NAME", help="Makes the workspace, with its data set; another word lists all.")
@click.option("--kind", metavar="KIND", help="Where the names in the file do not tell it, as of an autoencoder in one.")
@click.option("--row", metavar="NAME", help="What the tables call it; by default the kind, and _released.")
@click.option("--size", "side", type=click.IntRange(1), help="Side of its images, where the file does not tell.")
@click.option("--dpm", type=click.Path(path_type=Path), help="Of a PDAE: the DPM's file, compared bit for bit.")
@click.option("--learned-from", metavar="NAME", help="Data set of the weights, such as ffhq; by default the preset's.")
def import_weights(
    file: Path,
    out: Path,
    preset: str | None,
    kind: str | None,
    row: str | None,
    side: int | None,
    dpm: Path | None,
    learned_from: str | None,
) -> None:
    """Make published weights a row of a workspace, its base model or its autoencoder: no stage trains them.

    FILE is what the authors gave: PDAE's checkpoint.pt (pdae), its DPM's (pdae-dpm), Diff-AE's last.ckpt (diffae,
    diffae-ddpm), DBAE's ema_*.pt (dbae), a Lightning file of EncDiff's code or dis-dis's (encdiff, disdis), or a folder
    of diffusers such as google/ddpm-* (ddpm). An autoencoder of latent diffusion (ldm-vq, vq-f4's model.ckpt, or the
    one in another model's file with --kind ldm-vq) is what rows such as encdiff_latent are then trained on.
    Nothing in it is run: what it names beside tensors is replaced, and printed. Every tensor is accounted for.

    \b
    diffrep import-weights checkpoint.pt --preset pdae-celeba64 --out FOLDER
    cd FOLDER && diffrep repro

    \b
    reads   FILE, and params.yaml of a workspace that is there
    writes  FOLDER/imported, and the section base, autoencoder or methods of FOLDER/params.yaml
    """
    from diffrep.pipelines.imports.kinds import READ

    if kind is not None and kind not in READ:
        raise click.UsageError(f"--kind is one of {', '.join(READ)}.")
    from diffrep.pipelines.imports.run import import_weights

    import_weights(file, out, kind=kind, preset=preset, row=row, side=side, dpm=dpm, learned_from=learned_from)
