"""How many kinds of mistakes are tried."""

import importlib.util
from collections import Counter
from pathlib import Path


def kinds() -> list[str]:
    """Of the `MISTAKES` of all files beside this one."""
    found = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path != Path(__file__):
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            found += [mistake.kind for mistake in module.MISTAKES]
    return found


def test_no_two_are_alike():
    assert [kind for kind, times in Counter(kinds()).items() if times > 1] == []


def test_many_kinds_are_tried():
    assert len(kinds()) >= 150
