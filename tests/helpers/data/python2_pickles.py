"""Pickles as Python 2 wrote them: byte strings that have no name for their encoding, arrays of numpy 1."""

import struct

import numpy as np


def python2_pickle(value) -> bytes:
    """Protocol 2 of dicts, lists, byte strings, whole numbers and arrays of bytes."""
    return b"\x80\x02" + _coded(value) + b"."


def _coded(value) -> bytes:
    if isinstance(value, dict):
        return b"}(" + b"".join(_coded(key) + _coded(entry) for key, entry in value.items()) + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(_coded, value)) + b"e"
    if isinstance(value, bytes):
        return b"T" + struct.pack("<i", len(value)) + value
    if isinstance(value, np.ndarray):
        kind = b"cnumpy\ndtype\n" + _coded(b"u1") + _coded(0) + _coded(1) + b"\x87R"
        kind += b"(" + _coded(3) + _coded(b"|") + b"NNN" + _coded(-1) + _coded(-1) + _coded(0) + b"tb"
        empty = (
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + _coded(0) + b"\x85" + _coded(b"b") + b"\x87R"
        )
        shape = b"(" + b"".join(map(_coded, value.shape)) + b"t"
        return empty + b"(" + _coded(1) + shape + kind + b"\x89" + _coded(value.tobytes()) + b"tb"
    return b"J" + struct.pack("<i", int(value))
