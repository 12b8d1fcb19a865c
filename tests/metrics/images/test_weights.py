"""Which files are taken for weights, and where they are looked for."""

import hashlib

import pytest

from diffrep.metrics.images import inception, lpips
from diffrep.metrics.images.inception import weights_file
from diffrep.metrics.images.weights import checked_file, named_file


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"\x80" * 1000)
    return path


def check(path, sha256="00000000"):
    return checked_file(path, sha256=sha256, least_bytes=500)


def test_the_right_file_is_taken(file):
    assert check(file, hashlib.sha256(file.read_bytes()).hexdigest()[:8]) == file


def test_published_files_are_known_by_how_their_sums_begin():
    """The last part of their names: torch-fidelity's and pytorch-fid's Inception, torchvision's AlexNet."""
    assert (inception.SHA256, lpips.SHA256) == ("6726825d", "7be5be79")


def test_a_web_page_is_recognised(file):
    file.write_text("\n<!DOCTYPE html><html>not found</html>")
    with pytest.raises(ValueError, match="a web page"):
        check(file)


def test_a_copy_that_was_cut_off_is_recognised(file):
    file.write_bytes(b"\x80" * 499)
    with pytest.raises(ValueError, match=r"has 499 bytes and the weights 500 or more") as refused:
        check(file)
    assert "\n" not in str(refused.value)


def test_another_file_is_refused(file):
    with pytest.raises(ValueError, match=r"and not 00000000…: other weights, or a damaged copy"):
        check(file)


def test_a_path_goes_before_the_environment(file, monkeypatch):
    monkeypatch.delenv("MY_WEIGHTS", raising=False)
    assert named_file(None, "MY_WEIGHTS") is None
    monkeypatch.setenv("MY_WEIGHTS", str(file))
    assert named_file(None, "MY_WEIGHTS") == file
    with pytest.raises(FileNotFoundError, match=r"no file .*b\.pth: .* leave MY_WEIGHTS unset"):
        named_file(file.with_name("b.pth"), "MY_WEIGHTS")


def test_inceptions_weights_are_named_by_a_variable(file, monkeypatch):
    monkeypatch.setenv("DIFFREP_INCEPTION_WEIGHTS", str(file))
    assert weights_file() == file
