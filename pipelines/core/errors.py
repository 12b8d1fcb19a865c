"""What a person did or met, told in one line; everything else is a bug and keeps its traceback."""

import errno
import re


class UserError(Exception):
    """A mistake or a condition that a person can mend; its message is the one line they see."""


# a path that is not what it should be; the system says which
TOLD = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def one_line(error: BaseException) -> str | None:
    """The line to print for `error`, or None where only a traceback will help (a bug of ours)."""
    if system_error(error) in NO_SPACE:
        name = getattr(error, "filename", None)
        where = f" while writing {name}" if name else ""
        return f"no space left on the disk{where}: free some and run the same command again, finished work is kept"
    if isinstance(error, (UserError, ValueError, *TOLD)):
        return " ".join(str(error).split())
    return None


def system_error(error: BaseException) -> int | None:
    """The system's number of what went wrong; libraries written in Rust have it in their message alone."""
    if isinstance(error, OSError):
        return error.errno
    told = re.search(r"\(os error (\d+)\)", str(error))
    return int(told[1]) if told else None
