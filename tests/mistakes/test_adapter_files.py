"""Methods of one's own that cannot be found, imported or given their section: told before one is built."""

import pytest
from mistakes import Mistake, expect_told
from own_adapter import CLASS, WORDS, files

MISTAKES = [
    Mistake(
        "adapter: needs what there is not",
        files(f"{CLASS}    needs = ('bass',)\n"),
        WORDS,
        "method 'learned:Mine' needs 'bass', but there are 'base' and 'autoencoder'",
    ),
    Mistake(
        "adapter: no module of torch", files("class Mine: pass\n"), WORDS, "'learned:Mine' is no class of torch.nn.Mod"
    ),
    Mistake(
        "adapter: cannot be imported",
        files("import os\n\nimport nosuch_library\n"),
        WORDS,
        r"cannot import method 'learned:Mine': ModuleNotFoundError: .*nosuch_library' \(.*learned.py, line 3\)",
    ),
    Mistake(
        "adapter: sys.exit while it is imported",
        files("import sys\n\nsys.exit(0)\n"),
        WORDS,
        r"cannot import method 'learned:Mine': calls sys.exit\(0\) \(.*learned.py, line 3\)",
    ),
    Mistake(
        "adapter: another key than it takes",
        files(f"{CLASS}    pass\n", depth=3),
        WORDS,
        "methods.mine: unknown key 'depth'",
    ),
    Mistake(
        "adapter: an annotation of nothing",
        files(f"{CLASS}    def __init__(self, shape, base, *, width: 'Nosuch'): pass\n"),
        WORDS,
        "methods.mine: the arguments of .*Mine.* cannot be read: NameError: name 'Nosuch'",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, own, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
