"""What a person can mend is one line; bugs keep their traceback."""

import errno

import pytest

from diffrep.pipelines.core.errors import UserError, one_line

FULL = "no space left on the disk{}: free some and run the same command again, finished work is kept"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("a line\n  and more"), "a line and more"),
        (ValueError("wrong"), "wrong"),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), "[Errno 2] No such file: 'x'"),
        (OSError(errno.ENOSPC, "No space left", "runs/x"), FULL.format(" while writing runs/x")),
        (RuntimeError("I/O error: No space left on device (os error 28)"), FULL.format("")),
        (RuntimeError("a bug"), None),
        (KeyError("a bug"), None),
        (OSError(errno.ELOOP, "Too many links", "runs"), "[Errno 40] Too many links: 'runs'"),
        (
            OSError(errno.EROFS, "Read-only", "runs"),
            "[Errno 30] Read-only: 'runs': this command must write there; make it writable, or work in a copy",
        ),
        (OSError(errno.EIO, "broken"), None),
    ],
)
def test_an_error_is_told_or_left_to_its_traceback(error, line):
    assert one_line(error) == line
