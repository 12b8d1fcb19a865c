"""What a person's files are, as far as a change of them makes a data set another: `prepare` hangs on it.

Small files and tables are known by their content, so that a copy of all of them elsewhere is the same. Of many pictures
or a large archive the sums would take longer than to prepare them: they are known by name, size and time, and a copy
that has lost its times is prepared anew, to the same bytes, on which nothing else hangs.
"""

import hashlib
from pathlib import Path
from typing import Any

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.sources.stamps import files_at

SUMMED = 2**26  # bytes that the files of a key may have together to be known by content alone
TABLES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".mat")


def record(settings: dict[str, Any], earlier: dict[str, str]) -> dict[str, str]:
    """{key: sum} of every key of a section that names files which are there.

    earlier  the record before: where files cannot be read, or are no longer there, it stands, since what was prepared
             from them is still what it was
    """
    found = {}
    for key, word in settings.items():
        told = sum_at(word) or (earlier.get(key) if isinstance(word, str) and word else None)
        if told:
            found[key] = told
    return found


def sum_at(word: Any) -> str | None:
    """One sum over all files at a path, whose names count from there on; None where there are none to be read."""
    try:
        place, paths = Path(str(word)).expanduser(), sorted(files_at(word))
        sizes = {path: path.stat().st_size for path in paths}
        small, digest = sum(sizes.values()) <= SUMMED, hashlib.sha256()
        for path in paths:
            name = path.name if path == place else path.relative_to(place).as_posix()
            by_content = small or path.suffix.lower() in TABLES
            known = sha256_of(path) if by_content else f"{sizes[path]}\0{path.stat().st_mtime_ns}"
            digest.update(f"{name}\0{known}\n".encode(errors="surrogateescape"))
    except OSError:
        return None
    return digest.hexdigest() if paths else None
