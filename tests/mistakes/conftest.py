"""What mistakes of people's own code stand on."""

import sys

import pytest

from diffrep.pipelines.core import source_code

OWN_MODULES = ("learned", "pictures")  # that the mistakes write


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Modules of the folder of work can be imported, and are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path / "work")
    for cached in (source_code.source_file, source_code.hash_and_imports, source_code.top_folder):
        cached.cache_clear()
    yield
    for module in OWN_MODULES:
        sys.modules.pop(module, None)
