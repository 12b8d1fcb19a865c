"""Code from outside the suite: which line of it raised something, told in place of a traceback."""

import inspect
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.errors import NO_SPACE, UserError, system_error

SUITE = __name__.partition(".")[0]
WORD = re.compile(r"[A-Za-z_]\w*")


def is_own(path: str) -> bool:
    """Whether "module:Class" is from outside the suite."""
    return path.partition(".")[0] != SUITE


def own_line(error: BaseException, path: str) -> str | None:
    """The last line of the code around "module:Class" that `error` passed, as "FILE, line N"; None for no such line.

    Its own package counts, and the files beside its module, unless that lies among installed libraries.
    """
    from diffrep.pipelines.core.source_code import is_library, top_folder

    home = path.partition(":")[0].partition(".")[0]
    folder = top_folder(home)
    beside = folder is not None and not is_library(folder)
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package == home or (beside and package != SUITE and file.parent.resolve() == folder):
            found = f"{file}, line {line}"
    return found


def class_line(cls: Any, reason: str) -> str | None:
    """Where the method of `cls` that a reason names first is defined, or else `cls` itself, as "FILE, line N"."""
    from diffrep.pipelines.core.source_code import is_library

    members = (inspect.unwrap(member) for word in WORD.findall(reason) if (member := getattr(cls, word, None)))
    for thing in (*filter(inspect.isfunction, members), cls):
        try:
            file, line = inspect.getsourcefile(thing), inspect.getsourcelines(thing)[1]
        except (OSError, TypeError):  # typed at a prompt
            continue
        if file and not is_library(Path(file).resolve().parent):
            return f"{file}, line {line}"
    return None


def raised(error: BaseException) -> str:
    """What was raised, in one line."""
    if isinstance(error, SystemExit):
        return f"calls sys.exit({error.code if error.code is not None else ''})"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


@contextmanager
def blamed(adapters: Mapping[str, str]) -> Iterator[None]:
    """Turn what code from outside raises in the block into a UserError that names it, its file and its line.

    adapters  "module:Class" by what the error calls it: "method 'mine'", "data set 'mine'"
    """
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, UserError) or system_error(error) in NO_SPACE:
            raise
        for name, path in adapters.items():
            line = own_line(error, path) if is_own(path) else None
            if line is not None:
                raise UserError(f"{name} ({path}) in {line}: {raised(error)}") from error
        raise
