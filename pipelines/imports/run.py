"""`diffrep import-weights`: a published file becomes a row, the base model or the autoencoder of a workspace."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import A_NAME, brief, is_name
from diffrep.pipelines.core.params import FILE, parsed
from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.core.settings_text import WIDTH, dumped
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.model import Model
from diffrep.pipelines.imports.placing import (
    AUTOENCODER,
    expect_new_row,
    only_row,
    origin_of,
    place_autoencoder,
    place_base,
    place_row,
    with_imported,
    with_row,
)
from diffrep.pipelines.imports.reading import Read, expect_same_base, read_model
from diffrep.pipelines.presets.published import expect_preset, preset_names
from diffrep.pipelines.presets.writing import params_text
from diffrep.pipelines.running.workspace import is_workspace, workspace
from diffrep.reports.rows.origins import data_of

SHOWN = 3  # replaced names in a line


def import_weights(
    file: Path,
    out: Path,
    *,
    kind: str | None = None,
    preset: str | None = None,
    row: str | None = None,
    side: int | None = None,
    dpm: Path | None = None,
    learned_from: str | None = None,
) -> None:
    """Put a published model into the workspace `out`, and say what was read and what to run next.

    kind          of kinds.READ; None: as the names in the file say
    preset        of methods/published.yaml, whose data set and settings a new workspace gets
    row           what the row of the tables is called
    side          of the images, where the file does not tell
    dpm           the file of the diffusion model under a PDAE, which the one inside must equal
    learned_from  the data set that the weights come from; None: that of the preset, and unknown without one
    """
    there = is_workspace(out)
    expect_place(out, preset, there)
    found = read_model(file, kind, side)
    if dpm is not None:
        expect_same_base(found.model, file, dpm)
    name = row or f"{found.model.kind}_released".replace("-", "_")
    if not is_name(name):
        raise UserError(f"--row {brief(name)}: a row's name is {A_NAME}")
    whole = sections(out) if there else YAML().load(params_text(str(preset)))
    origin = learned_from if learned_from is not None else "" if there else data_in(whole)
    if is_row(found.model):
        expect_new_row(whole, name)
    if not there:
        workspace(params_text(str(preset)), out)
    place(out, name, found, file, whole, origin, alone=not there)
    tell(found, file, dpm)
    if is_row(found.model):
        print(origin_words(origin))
    if there and base_of(found.model):
        print(f"base: {whole['base']['from']}, for every row that stands on one")
    if found.model.kind == AUTOENCODER:
        print(f"autoencoder: {whole['autoencoder']['from']}, for every row in a latent space; {scaled(found.model)}")
    print(f"{out}: {FILE} has it now; run diffrep repro there")


def expect_place(out: Path, preset: str | None, there: bool) -> None:
    """Raise UserError unless there is a workspace, or a preset by which one is made."""
    if there and preset is not None:
        raise UserError(f"{out} is a workspace already: leave --preset out")
    if not there and preset is None:
        known = ", ".join(preset_names())
        raise UserError(f"{out} is no workspace: name the --preset by whose data set to judge, of {known}")
    if preset is not None:
        expect_preset(preset)


def sections(out: Path) -> CommentedMap:
    """The params.yaml of a workspace, with its comments; UserError where it is not one that runs."""
    text = (out / FILE).read_text()
    parsed(parsed_settings(text, FILE))
    found: CommentedMap = YAML().load(text)
    return found


def data_in(whole: CommentedMap) -> str:
    """The one data set of a new workspace, as the report names it."""
    ((name, section),) = whole["datasets"].items()
    return data_of(name, section)


def origin_words(learned_from: str) -> str:
    """What the report takes the weights to come from, and how to say otherwise."""
    if not learned_from:
        return "not known what it learned from, so that no paper's number is laid beside it: --learned-from NAME"
    return f"taken to have learned from {learned_from}: --learned-from NAME says otherwise"


def place(
    out: Path, name: str, found: Read, file: Path, whole: CommentedMap, learned_from: str, *, alone: bool
) -> None:
    """Write a model's files and its section; nothing of params.yaml is changed before all files lie there.

    alone  the workspace was made for it: no other row is kept
    """
    model, base, origin = found.model, base_of(found.model), origin_of(found, file)
    if base is not None:
        with_imported(whole, "base", place_base(out, name if base is model else f"{name}_base", base, origin))
    if model.kind == AUTOENCODER:
        with_imported(whole, "autoencoder", place_autoencoder(out, name, model, origin))
    if is_row(model):
        with_row(whole, name, place_row(out, name, model, origin, learned_from))
        if alone:
            only_row(whole, name)
    text = written(whole) if not alone else headed((out / FILE).read_text(), dumped(whole))
    parsed(parsed_settings(text, FILE))
    (out / FILE).write_text(text)


def is_row(model: Model) -> bool:
    """Whether a model becomes a row, and not only what rows stand on."""
    return bool(KINDS[model.kind].adapter)


def base_of(model: Model) -> Model | None:
    """The base model that a model is, or stands on with the file's own; None where there is none."""
    return model.base if is_row(model) or model.kind == AUTOENCODER else model


def scaled(autoencoder: Model) -> str:
    """Which factor the latents of an autoencoder get, in words."""
    own = autoencoder.scale
    return "latents scaled by training images" if own is None else f"latents times {own:.4g}, as in its file"


def headed(before: str, sections: str) -> str:
    """The sections below the lines that stood above them."""
    head = before[: before.index("\n\n")] if before.startswith("#") else ""
    return f"{head}\n{sections}"


def written(whole: CommentedMap) -> str:
    """A person's params.yaml as it was, but for what was changed."""
    writer, text = YAML(), StringIO()
    writer.width = WIDTH
    writer.dump(whole, text)
    return text.getvalue()


def tell(found: Read, file: Path, dpm: Path | None) -> None:
    """Print what was read, what of the file is not used, and what in it was not run."""
    model = found.model
    numbers = sum(value.numel() for value in model.state.values())
    print(f"{file}: {model.kind}, {words_of(model.image_shape)}{len(model.state)} tensors, {numbers:,} numbers")
    if model.left:
        print(f"not used: {', '.join(model.left)}")
    if found.replaced:
        names = list(found.replaced)
        more = f", {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        print(f"replaced: {', '.join(names[:SHOWN])}{more}; not run")
    if dpm is not None:
        print(f"its base model is that of {dpm}, bit for bit")


def words_of(image_shape: Any) -> str:
    """The images of a model in words."""
    return "" if image_shape is None else f"images of {image_shape[1]}x{image_shape[2]}, "
