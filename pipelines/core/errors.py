"""What a person did or met, told in one line; everything else is a bug and keeps its traceback."""

import errno
import re


class UserError(Exception):
    """A mistake or a condition that a person can mend; its message is the one line they see."""


class OtherProcess(SystemExit):
    """The end of a process that only helped with a training: the first one does what comes after it."""


NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CUT_OFF = r"inline_container\.cc.*unexpected pos|PytorchStreamWriter failed writing"


def one_line(error: BaseException) -> str | None:
    """The line to print for `error`, or None where only a traceback will help (a bug of ours).

    What the system refuses of a file is no bug: a tree that cannot be written, too long a name, a loop of links.
    """
    if system_error(error) in NO_SPACE:
        name = getattr(error, "filename", None)
        where = f" while writing {name}" if name else ""
        return f"no space left on the disk{where}: free some and run the same command again, finished work is kept"
    line = " ".join(str(error).split())
    if system_error(error) in NOT_WRITABLE:
        return f"{line}: this command must write there; make it writable, or work in a copy"
    if library := missing_library(error):
        return library
    names_a_file = isinstance(error, OSError) and error.filename is not None
    mendable = (UserError, ValueError, FileNotFoundError, PermissionError)
    return line if names_a_file or isinstance(error, mendable) else None


def missing_library(error: BaseException) -> str | None:
    """Which library is not installed, and how to get it; None for any other error."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if name in ("", "diffrep"):
        return None
    return f"{name} is not installed: pip install 'diffrep[{'torch' if name == 'torch' else 'suite'}]'"


def system_error(error: BaseException) -> int | None:
    """The system's number of what went wrong; libraries written in Rust have it in their message alone.

    torch, where it writes an archive itself, has lost it: that it was not all written is all that it says.
    """
    if isinstance(error, OSError):
        return error.errno
    if isinstance(error, RuntimeError) and re.search(CUT_OFF, str(error)):
        return errno.ENOSPC
    told = re.search(r"\(os error (\d+)\)", str(error))
    return int(told[1]) if told else None
