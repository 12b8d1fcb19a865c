"""Parts of cartoon faces, from the drawings that the package python-avatars ships, as layers to be laid on one another.

A layer is one part in one colour, rasterised once; a face is its layers in the package's order. That is the package's
own picture but for rounding, and a hundred times quicker than drawing each face anew. The package's objects, whose
defaults choose parts at random, are not used: only its files are read.
"""

import copy
import hashlib
import importlib.metadata
import importlib.util
import io
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from PIL import Image

INSTALL = "pip install python-avatars==1.4.1 resvg-py"
SVG = "{http://www.w3.org/2000/svg}"
NEEDED = ("defs", "mask", "clipPath", "filter")  # elements that others of the drawing refer to
ACCESSORY, FACIAL_HAIR = "Accessory", "Facial-Hair"  # groups in a drawing of hair that wait for other drawings
PLACES = {ACCESSORY: (61, 85), FACIAL_HAIR: (48, 72)}  # where they are in most
BROWS = ("0.599999964", "1")  # their opacity there, and here, where it must not hide them on dark skin
LENSES = (".7", ".4")  # that of sunglasses, where eyes are to be seen through them
WINDOW = (13, 7, 238)  # left, top and side of the square that layers cover, in the drawings' units

ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


class Layer(NamedTuple):
    """What one part shows: RGBA pixels, and where in the window their upper left corner lies."""

    pixels: Image.Image
    place: tuple[int, int]


def expect_packages(drawings: tuple[str, ...], checksum: str) -> str:
    """The rasteriser and its version; ValueError, with what to install, where something is missing or altered.

    drawings  names of files of python-avatars; `checksum` is the sha256 of all of them, one after the other
    """
    for module, package in (("python_avatars", "python-avatars"), ("resvg_py", "resvg-py")):
        if importlib.util.find_spec(module) is None:
            raise ValueError(f"drawn faces need the package {package}: {INSTALL}")
    total = hashlib.sha256()
    for name in drawings:
        path = _path(name)
        total.update(path.read_bytes() if path.is_file() else b"")
    if total.hexdigest() != checksum:
        raise ValueError("the drawings of python-avatars are not those of 1.4.1: pip install python-avatars==1.4.1")
    return f"resvg-py {importlib.metadata.version('resvg-py')}"


@lru_cache(maxsize=2048)
def body(colour: str, side: int) -> Layer | None:
    """Head and neck in a colour of skin, `side` pixels for the window's."""
    frame = _read("styles/transparent")
    _find(frame, "Skin-Color").set("fill", colour)
    return _rasterised(frame, side)


@lru_cache(maxsize=2048)
def clothes(name: str, colour: str, side: int) -> Layer | None:
    """Clothes in a colour."""
    part = _read(f"clothes/{name}")
    _find(part, "Fabric-Color").set("fill", colour)
    return _rasterised(_framed("Clothing", list(part)), side)


@lru_cache(maxsize=2048)
def feature(slot: str, name: str, side: int) -> Layer | None:
    """A part of the face: slot Eyes, Eyebrow, Nose or Mouth, `name` its drawing's."""
    part = _read(name)
    if slot == "Eyebrow":
        _fill(part, *BROWS)
    return _rasterised(_framed(slot, list(part)), side)


@lru_cache(maxsize=2048)
def hair(name: str, colour: str, segment: int, side: int) -> Layer | None:
    """Hair in a colour: segment 0 lies below facial hair, 1 between it and accessories, 2 above these."""
    part = _read(f"top/hair/{name}")
    _find(part, "Hair-Color").set("fill", colour)
    group = next(element for element in part.iter() if any(child.get("id") == ACCESSORY for child in element))
    at = [next(i for i, child in enumerate(group) if child.get("id") == wait) for wait in (FACIAL_HAIR, ACCESSORY)]
    start, end = [(0, at[0]), (at[0], at[1]), (at[1], len(group))][segment]
    for number, child in enumerate(list(group)):
        if not start <= number < end and child.tag.removeprefix(SVG) not in NEEDED:
            group.remove(child)
    return _rasterised(_framed("Top", list(part)), side)


@lru_cache(maxsize=2048)
def facial_hair(name: str, colour: str, side: int) -> Layer | None:
    """A beard or a moustache in a colour; `name` "" is none."""
    if not name:
        return None
    part = _read(f"facial_hair/{name}")
    _find(part, "Facial-Hair-Color").set("fill", colour)
    return _rasterised(_waiting(FACIAL_HAIR, part), side)


@lru_cache(maxsize=2048)
def accessory(name: str, side: int) -> Layer | None:
    """Something on the eyes; `name` "" is nothing."""
    if not name:
        return None
    part = _read(f"accessories/{name}")
    _fill(part, *LENSES)
    return _rasterised(_waiting(ACCESSORY, part), side)


def _path(name: str) -> Path:
    found = importlib.util.find_spec("python_avatars")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "avatar_parts" / f"{name}.svg"


@lru_cache(maxsize=256)
def _parsed(name: str) -> ElementTree.Element:
    return ElementTree.parse(_path(name)).getroot()


def _read(name: str) -> ElementTree.Element:
    """A drawing, to be altered."""
    return copy.deepcopy(_parsed(name))


def _find(drawing: ElementTree.Element, name: str) -> ElementTree.Element:
    found = next((element for element in drawing.iter() if element.get("id") == name), None)
    if found is None:
        raise ValueError(f"a drawing of python-avatars has no {name!r}")
    return found


def _fill(drawing: ElementTree.Element, opacity: str, instead: str) -> None:
    """Fill what has one opacity with another."""
    for element in drawing.iter():
        if element.get("fill-opacity") == opacity:
            element.set("fill-opacity", instead)


def _framed(slot: str, children: list[ElementTree.Element]) -> ElementTree.Element:
    """The package's frame with nothing in it but `children`, where its `slot` is."""
    frame = _read("styles/transparent")
    figure = next(element for element in frame if element.tag == f"{SVG}g")
    figure.remove(next(child for child in figure if child.get("id") == "Body"))
    for defined in frame.findall(f"{SVG}defs"):  # of the body; their names are used again in other drawings
        frame.remove(defined)
    _find(frame, slot).extend(children)
    return frame


def _waiting(group: str, part: ElementTree.Element) -> ElementTree.Element:
    """A drawing in the place of the group of that name, the same under any hair: in some, the group is a unit off."""
    place = ElementTree.Element(f"{SVG}g", transform=f"translate{PLACES[group]}")
    place.extend(list(part))
    return _framed("Top", [place])


def _rasterised(drawing: ElementTree.Element, side: int) -> Layer | None:
    """What a drawing shows in the window; None where nothing."""
    import resvg_py

    left, top, extent = WINDOW
    drawing.attrib |= {"width": str(extent), "height": str(extent), "viewBox": f"{left} {top} {extent} {extent}"}
    text = ElementTree.tostring(drawing, encoding="unicode")
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, width=side, height=side, skip_system_fonts=True))
    with Image.open(io.BytesIO(png)) as opened:
        pixels = opened.convert("RGBA")
    box = pixels.getchannel("A").getbbox()
    return Layer(pixels.crop(box), box[:2]) if box else None
