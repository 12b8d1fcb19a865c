"""Pictures of one's own as tests save them, and tables of what is known of them."""

import numpy as np
from PIL import Image

from diffrep.datasets.image_folder import ImageFolder

SETTINGS = {"table": "", "size": 8, "resampling": "box", "channels": 3, "splits": "drawn"}
SETTINGS |= {"train": 6, "valid": 2, "test": 2, "seed": 0}
COUNT = 12
ALL = np.arange(10)
PICTURES = np.random.default_rng(0).integers(0, 256, (COUNT, 8, 8, 3), dtype=np.uint8)


def drawn(folder, names=None):
    """Twelve pictures as PNG in `folder`; their names."""
    names = names or [f"{n:02}.png" for n in range(COUNT)]
    for name, levels in zip(names, PICTURES, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).save(folder / name)
    return names


def table(folder, names, header, rows, separator=","):
    lines = [separator.join(["file", *header])]
    lines += [separator.join([name, *map(str, row)]) for name, row in zip(names, rows, strict=True)]
    (folder / "mine.csv").write_text("\n".join(lines) + "\n")


def read(folder, **settings):
    return ImageFolder(folder=str(folder), **SETTINGS | settings)


def places(images):
    known = {image.tobytes(): place for place, image in enumerate(PICTURES)}
    return np.array([known[image.tobytes()] for image in images])


def one(folder, image, name, channels=3, size=8, **saving):
    """What `name` reads as, beside eleven others."""
    folder = folder / f"{name} {channels}"
    drawn(folder)
    image.save(folder / name, **saving)
    source = read(folder, train=9, valid=2, test=2, channels=channels, size=size)
    row = list(source._drawn).index(source._pictures.index(name))
    return source.images(np.array([row]))[0].astype(int)
