"""The files of a model that others saved with diffusers: in a folder, or in a repository of the Hugging Face Hub.

A repository is asked for nothing but the files named here, and only what is not in the Hub's cache is downloaded.
"""

import json
import re
from pathlib import Path
from typing import Any

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE

REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")
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
    for name in names:
        path = fetched(source, name) if folder is None else folder / name
        if path is not None and path.is_file():
            return path
    raise UserError(f"{FILE}: base.from: {source} has no {names[0]}, nor {', nor '.join(names[1:])}")


def fetched(repository: str, name: str) -> Path | None:
    """A file of a repository of the Hub, in its cache; None where it has none of that name."""
    from huggingface_hub import hf_hub_download, logging, try_to_load_from_cache
    from huggingface_hub.errors import RemoteEntryNotFoundError

    logging.set_verbosity_error()  # it tells of every try where there is no network
    try:
        cached = try_to_load_from_cache(repository, name)
        if cached is not None:
            return Path(cached) if isinstance(cached, str) else None  # known not to be there
        return Path(hf_hub_download(repository, name))
    except RemoteEntryNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = next(iter(str(error).strip().splitlines()), type(error).__name__)
        words = f"there is no folder {repository}, and the Hugging Face Hub does not give {name} of such a repository"
        raise UserError(f"{FILE}: base.from: {words}: {why}") from error


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file of diffusers; UserError where it is something else, such as a saved page."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON ({error}): get it again") from error
    if not isinstance(content, dict):
        raise UserError(f"{path} holds a JSON {type(content).__name__}, not an object: get it again")
    return content


def sums(source: str) -> dict[str, str]:
    """{name: sha256} of the files of a folder that a base model is made of; of a repository, of what describes it."""
    names = (CONFIGS, SCHEDULERS) if folder_of(source) is None else (CONFIGS, SCHEDULERS, WEIGHTS)
    return {path.name: sha256_of(path) for path in (found(source, each) for each in names)}
