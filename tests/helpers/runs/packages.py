"""Tests that need programs of Debian's packages: skipped without them, unless .ci/run says that they are here."""

import os
import shutil

import pytest

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # daemons lie there
PROMISE = "NO_SKIPS"


def needs(packages: str, *programs: str) -> pytest.MarkDecorator:
    """The mark of tests that run these programs; RuntimeError where one is not here though it should be."""
    lacking = [name for name in programs if shutil.which(name, path=PATH) is None]
    reason = f"no {', '.join(lacking)} here: apt install {packages}"
    if lacking and PROMISE in os.environ:
        raise RuntimeError(f"{reason}; {PROMISE} is set, so nothing is skipped for it")
    return pytest.mark.skipif(bool(lacking), reason=reason)
