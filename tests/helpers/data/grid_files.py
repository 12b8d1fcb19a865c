"""Small files of the very formats that data sets with known factors are published in, of smaller grids."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import scipy.io

WEB_PAGE = b"<!DOCTYPE html><html><body>Google Drive - quota exceeded</body></html>" * 20


def distinct_images(count: int, *shape: int, most: int = 256) -> np.ndarray:
    """[count, *shape] uint8, no two alike."""
    return np.random.default_rng(count).integers(0, most, (count, *shape), dtype=np.uint8)


def write_npz(path: Path, images: np.ndarray, key: str = "images", **others: np.ndarray) -> Path:
    """As numpy compresses it; `others` may be objects, which numpy pickles."""
    np.savez_compressed(path, allow_pickle=True, **{key: images}, **others)
    return path


def cut(path: Path, share: float = 0.5) -> None:
    """Leave only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def damage(path: Path, member: str) -> None:
    """Change bytes in the middle of a zip's member, whose sum is then wrong."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
        middle = info.header_offset + 200 + info.compress_size // 2
    content = bytearray(path.read_bytes())
    content[middle : middle + 8] = bytes(255 - byte for byte in content[middle : middle + 8])
    path.write_bytes(content)


def write_mesh(path: Path, images: np.ndarray) -> None:
    """A car's Matlab 5 file: im [128, 128, 3, azimuth, elevation] and a mask, compressed."""
    mask = np.zeros((*images.shape[:2], *images.shape[3:]), np.uint8)
    scipy.io.savemat(path, {"im": images, "mask": mask}, do_compression=True)


def write_cars(folder: Path, names: list[str], meshes: np.ndarray) -> Path:
    """data/cars with list.txt in the order of `names`."""
    folder.mkdir(parents=True)
    (folder / "list.txt").write_text("".join(f"{name}\n" for name in names))
    for name, mesh in zip(names, meshes, strict=True):
        write_mesh(folder / f"{name}.mat", mesh)
    return folder


def packed_cars(folder: Path, path: Path, order: list[str]) -> Path:
    """The archive of a folder data/cars, its files in this order, with a file of another data set before them."""
    with tarfile.open(path, "w:gz") as archive:
        other = tarfile.TarInfo("data/sprites/list.txt")
        other.size = 6
        archive.addfile(other, io.BytesIO(b"sprite"))
        for name in order:
            archive.add(folder / name, f"data/cars/{name}")
    return path


def write_matrix(path: Path, values: np.ndarray) -> None:
    """small NORB's format: at least three sizes in the header, those beyond the dimensions are 1."""
    magic = {"uint8": 0x1E3D4C55, "int32": 0x1E3D4C54}[values.dtype.name]
    sizes = [*values.shape, 1, 1, 1][: max(3, values.ndim)]
    header = np.array([magic, values.ndim, *sizes], "<i4").tobytes()
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as file:
        file.write(header + values.astype(values.dtype.newbyteorder("<")).tobytes())
