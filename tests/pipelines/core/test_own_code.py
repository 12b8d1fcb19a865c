"""What somebody else's code raises is told with its file and its line; what is ours, or the disk's, is let through."""

import errno
import sys

import pytest

from diffrep.pipelines.core import source_code
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import blamed, class_line, is_own, own_line, raised

ADAPTER = "somebodys:Mine"
TEXT = """import json
import beside_it


class Mine:
    def calls_a_library(self):
        json.loads("{")

    def calls_a_neighbour(self):
        beside_it.fail()

    def leaves(self):
        raise SystemExit(0)

    def full(self):
        raise OSError(28, "No space left on device")

    def says(self):
        raise UserError("in words")
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The class of a file outside the repository, with another file beside it."""
    (tmp_path / "somebodys.py").write_text(f"{TEXT}\n\nfrom {UserError.__module__} import UserError\n")
    (tmp_path / "beside_it.py").write_text("def fail():\n    raise KeyError('beside')\n")
    monkeypatch.syspath_prepend(tmp_path)
    source_code.top_folder.cache_clear()
    import somebodys

    yield somebodys.Mine
    for name in ("somebodys", "beside_it"):
        del sys.modules[name]


def error_of(call) -> BaseException:
    try:
        call()
    except (Exception, SystemExit) as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("calls_a_library", "somebodys.py, line 7: JSONDecodeError: Expecting property name"),
        ("calls_a_neighbour", "beside_it.py, line 2: KeyError: 'beside'"),
        ("leaves", r"somebodys.py, line 13: calls sys.exit\(0\)"),
    ],
)
def test_the_last_line_of_ones_own_is_told(mine, name, told):
    told = rf"^method 'mine' \(somebodys:Mine\) in \S*{told}"
    with pytest.raises(UserError, match=told), blamed({"method 'mine'": ADAPTER}):
        getattr(mine(), name)()


@pytest.mark.parametrize(("name", "kind"), [("full", OSError), ("says", UserError)])
def test_a_full_disk_and_what_is_said_in_words_are_let_through(mine, name, kind):
    with pytest.raises(kind, match=r"No space left|^in words$"), blamed({"method 'mine'": ADAPTER}):
        getattr(mine(), name)()


def test_what_passes_no_line_of_ones_own_is_let_through(mine):
    with pytest.raises(ZeroDivisionError), blamed({"method 'mine'": ADAPTER, "data set": "diffrep.datasets:Ours"}):
        _ = 1 / 0


def test_an_adapter_of_ours_is_not_blamed():
    assert not is_own("diffrep.methods.pca:PCA")
    assert is_own(ADAPTER)
    assert own_line(error_of(lambda: 1 / 0), ADAPTER) is None


def test_the_line_of_what_a_reason_names_first(mine):
    assert class_line(mine, "leaves returns None").endswith("somebodys.py, line 12")
    assert class_line(mine, "view 'z' differs").endswith("somebodys.py, line 5")
    assert class_line(int, "no file") is None


def test_what_was_raised_is_one_line():
    assert raised(ValueError("a\n  b")) == "ValueError: a b"
    assert raised(NotImplementedError()) == "NotImplementedError"
    assert raised(SystemExit()) == "calls sys.exit()"
    assert raised(OSError(errno.EIO, "x" * 999)).endswith("x" * 100)
