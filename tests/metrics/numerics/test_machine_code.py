"""Compiling, wherever what was compiled can be kept."""

import numba

from diffrep.metrics.numerics.machine_code import compiled


def test_no_folder_for_what_was_compiled_is_no_error(monkeypatch):
    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])
    assert compiled(lambda x: x + 1)(1) == 2
