"""What a file seems to be by its first bytes, where it is no checkpoint: said before anything of it is read."""

import zipfile
from pathlib import Path

from diffrep.datasets.files.kinds import KINDS, PAGES
from diffrep.pipelines.core.errors import UserError

BEGINNING = 4096  # bytes that are looked at
OLD_PICKLE = "a pickle, as torch before 1.6 wrote them: load and save it once with a newer torch that trusts it"
SEEMING: tuple[tuple[tuple[bytes, ...], str], ...] = (
    (KINDS["gzip"], "a gzip archive: unpack it first"),
    ((b"7z\xbc\xaf",), "a 7z archive: unpack it first"),
    ((b"Rar!",), "a rar archive: unpack it first"),
    (KINDS["hdf5"], "an HDF5 file, perhaps a data set"),
    (KINDS["npy"], "an array of numpy"),
    (KINDS["PNG"] + KINDS["JPEG"], "a picture"),
    ((b"version https://git-lfs",), "a pointer of git-lfs, not the file itself: run git lfs pull where it comes from"),
    (tuple(bytes((0x80, protocol)) for protocol in range(2, 6)), OLD_PICKLE),
)


def expect_checkpoint(path: Path) -> None:
    """Raise UserError unless a file is a zip that torch can have written."""
    if not path.exists():
        raise UserError(f"{path} is not there")
    if path.is_dir():
        raise UserError(f"{path} is a folder, where a file of weights is due")
    with path.open("rb") as file:
        begin = file.read(BEGINNING)
    if not begin.startswith(KINDS["zip"]):
        raise UserError(f"{path} is no checkpoint of torch: it seems to be {seeming(begin)}")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise UserError(f"{path} is cut off, or not all of it was fetched: get it again") from error
    if not any(name.endswith("/data.pkl") for name in names):
        inside = next((name for name in names if not name.endswith("/")), "nothing")
        raise UserError(f"{path} is no checkpoint of torch but a zip of files ({inside}): unpack it first")


def seeming(begin: bytes) -> str:
    """What a file that begins so seems to be, in words."""
    if not begin:
        return "empty"
    if told := next((words for first, words in SEEMING if begin.startswith(first)), None):
        return told
    if begin.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        return "a web page, such as a host shows before it gives the file: fetch it again with the host's own client"
    if begin[8:9] == b"{":
        return "safetensors: none of these models was published so; name its folder if it is one of diffusers"
    printable = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in begin)
    return "text" if printable > 0.95 * len(begin) else "of no kind that is known here"
