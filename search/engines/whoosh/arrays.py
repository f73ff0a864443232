"""A file of named, aligned arrays that opens by memory map: what every file of a segment is.

    magic (8 bytes), size of the header (8 bytes, little-endian), header (JSON), arrays (each at a multiple of 64 bytes)

The header names each array with its type, length and offset. Whether a file is what was written, its generation's
manifest tells.
"""

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from search.errors import IndexDamaged

Array = npt.NDArray[Any]

_MAGIC = b"DATELN01"
_ALIGNMENT = 64
_PREFIX = len(_MAGIC) + 8


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write one-dimensional arrays of fixed-size numbers into a file; numbers are stored little-endian."""
    stored = {name: np.ascontiguousarray(each, each.dtype.newbyteorder("<")) for name, each in arrays.items()}
    entries, size = {}, 0
    for name, each in stored.items():
        entries[name] = [each.dtype.str, len(each), size]
        size += _padded(each.nbytes)
    header = orjson.dumps(entries)
    begin = _padded(_PREFIX + len(header))
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header + bytes(begin - _PREFIX - len(header)))
        for each in stored.values():
            file.write(each.data)
            file.write(bytes(_padded(each.nbytes) - each.nbytes))


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of a file by their names; each is read when it is touched, and keeps the file mapped.

    Raises:
        IndexDamaged: the file is missing, cut off, or no file of arrays.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); run: dateline rebuild") from error
    try:
        return _mapped(data)
    except (ValueError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{path} is not what was written ({error}); run: dateline rebuild") from error


def _mapped(data: mmap.mmap) -> dict[str, Array]:
    size = int.from_bytes(data[len(_MAGIC) : _PREFIX], "little")
    if data[: len(_MAGIC)] != _MAGIC or size > len(data):
        raise ValueError("its beginning is another")
    begin = _padded(_PREFIX + size)
    return {
        name: np.frombuffer(data, np.dtype(kind), length, begin + offset)
        for name, (kind, length, offset) in orjson.loads(data[_PREFIX : _PREFIX + size]).items()
    }


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
