"""`diffrep ui`: its port is free, and its server finds the pictures."""

import socket

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.ui import expect_free, server_command


def test_a_taken_port_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=f"port {taken.getsockname()[1]} cannot be had"):
            expect_free(taken.getsockname()[1])


def test_the_server_reads_pictures_of_this_tree(tmp_path):
    command = server_command("sqlite:///x", 5000, tmp_path)
    assert command[command.index("--artifacts-destination") + 1] == f"file://{tmp_path}/mlartifacts"
