"""A run's artifacts as files in a folder."""

import shutil
from pathlib import Path

from diffrep.pipelines.tracking.content import RunContent
from diffrep.pipelines.tracking.labels import draw_labelled


def lay_out(content: RunContent, folder: Path) -> None:
    """Write all artifacts of a run into `folder`: results as they are, pictures labelled."""
    for name, path in content.files.items():
        shutil.copyfile(path, made(folder / name))
    for name, path in content.pictures.items():
        draw_labelled(path, f"{content.key.dataset} {content.key.name}: {Path(name).stem}", made(folder / name))


def made(path: Path) -> Path:
    """The path of a file whose folder is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
