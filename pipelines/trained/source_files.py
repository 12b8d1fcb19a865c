"""The files of a model that others saved with diffusers: in a folder, or in a repository of the Hugging Face Hub.

A repository is asked for nothing but the files named here, and only what is not in the Hub's cache is downloaded. All
of them are those of one commit: that which the cache, or else the Hub, has for the named revision.
"""

import json
import re
from pathlib import Path
from typing import Any

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE

REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*(@\w[\w./-]*)?")
NEWEST = "main"  # the revision where none is named
FOLDERS = ("", "unet/")  # of a model alone, and of a whole pipeline
CONFIGS = tuple(f"{folder}config.json" for folder in FOLDERS)
SCHEDULERS = ("scheduler_config.json", "scheduler/scheduler_config.json")
WEIGHTS = tuple(f"{folder}diffusion_pytorch_model.{kind}" for folder in FOLDERS for kind in ("safetensors", "bin"))


def folder_of(source: str) -> Path | None:
    """The folder that `source` names; None where it is a repository of the Hub; UserError where it is neither."""
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise UserError(f"{FILE}: base.from: {source} is a file: name the folder that diffusers' save_pretrained made")
    if not REPOSITORY.fullmatch(source):
        raise UserError(f"{FILE}: base.from: there is no folder {source}, and no repository of the Hub has such a name")
    return None


def found(source: str, names: tuple[str, ...]) -> Path:
    """The first of these files that there is; UserError where there is none."""
    folder = folder_of(source)
    if folder is None:
        path = fetched(source, names, commit_of(source))
    else:
        path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise lacking(source, names)
    return path


def commit_of(source: str) -> str:
    """The commit that a repository's name stands for, as its scheduler's file lies in the cache; UserError for none."""
    path = fetched(source, SCHEDULERS, source.partition("@")[2] or NEWEST)
    if path is None:
        raise lacking(source, SCHEDULERS)
    return next(folder.name for folder in path.parents if folder.parent.name == "snapshots")


def lacking(source: str, names: tuple[str, ...]) -> UserError:
    """That there is none of these files."""
    return UserError(f"{FILE}: base.from: {source} has no {names[0]}, nor {', nor '.join(names[1:])}")


def fetched(source: str, names: tuple[str, ...], revision: str) -> Path | None:
    """The first of these files of a repository of the Hub, in its cache; None where it has none of them."""
    from huggingface_hub import try_to_load_from_cache

    repository = source.partition("@")[0]
    try:
        cached = {name: try_to_load_from_cache(repository, name, revision=revision) for name in names}
        if there := next((path for path in cached.values() if isinstance(path, str)), None):
            return Path(there)
        unknown = (name for name, path in cached.items() if path is None)  # the others are known not to be there
        return next((path for name in unknown if (path := downloaded(repository, name, revision))), None)
    except (OSError, ValueError) as error:
        why = next(iter(str(error).strip().splitlines()), type(error).__name__)
        words = f"there is no folder {source}, and the Hugging Face Hub does not give {names[0]} of such a repository"
        raise UserError(f"{FILE}: base.from: {words} at {revision}: {why}") from error


def downloaded(repository: str, name: str, revision: str) -> Path | None:
    """A file of a repository of the Hub, which the cache has from now on; None where it has none of that name."""
    from huggingface_hub import hf_hub_download, logging
    from huggingface_hub.errors import RemoteEntryNotFoundError

    logging.set_verbosity_error()  # it tells of every try where there is no network
    try:
        return Path(hf_hub_download(repository, name, revision=revision))
    except RemoteEntryNotFoundError:
        return None


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file of diffusers; UserError where it is something else, such as a saved page."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON ({error}): get it again") from error
    if not isinstance(content, dict):
        raise UserError(f"{path} holds a JSON {type(content).__name__}, not an object: get it again")
    return content


def identity(source: str) -> dict[str, Any]:
    """What a change of a base model shows in: the commit of a repository, the sums of the files in a folder."""
    return {"commit": commit_of(source)} if folder_of(source) is None else {"files": sums(source)}


def sums(source: str) -> dict[str, str]:
    """{name: sha256} of the files that a base model is made of."""
    return {path.name: sha256_of(path) for path in (found(source, each) for each in (CONFIGS, SCHEDULERS, WEIGHTS))}
