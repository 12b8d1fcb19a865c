"""Where Python's multiprocessing puts its sockets: an address has room for some 100 bytes, and TMPDIR may be longer."""

import os
import tempfile
from multiprocessing import util

from diffrep.pipelines.core.errors import UserError

LONGEST = 107 - len("/pymp-01234567/listener-01234567")  # bytes of TMPDIR
SHORT = "/tmp"


def expect_room_for_sockets() -> None:
    """Have the sockets of this process and those that it starts below SHORT, where TMPDIR is too long a path.

    raises  UserError that names TMPDIR where SHORT cannot be written
    """
    usual = tempfile.gettempdir()
    if len(os.fsencode(usual)) <= LONGEST:
        return
    tempfile.tempdir = SHORT
    try:
        util.get_temp_dir()  # asked once: multiprocessing keeps its answer
    except OSError as error:
        raise UserError(
            f"TMPDIR is {usual}, {len(os.fsencode(usual))} bytes, and a socket's path has room for {LONGEST}; "
            f"{SHORT} cannot be written either ({error.strerror}): set TMPDIR to a shorter path"
        ) from error
    finally:
        tempfile.tempdir = usual
