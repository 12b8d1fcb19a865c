"""What a person did or met, told in one line; everything else is a bug and keeps its traceback."""

import errno


class UserError(Exception):
    """A mistake or a condition that a person can mend; its message is the one line they see."""


NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def one_line(error: BaseException) -> str | None:
    """The line to print for `error`, or None where only a traceback will help (a bug of ours)."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        where = f" while writing {error.filename}" if error.filename else ""
        return f"no space left on the disk{where}: free some and run the same command again, finished work is kept"
    if isinstance(error, (UserError, ValueError, FileNotFoundError, PermissionError)):
        return " ".join(str(error).split())
    return None
